/** A command that is one plain `curl` or `wget`, as the request that it makes; null for anything that might mean more. */
export interface CurlRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Flags that only hush, or throw the answer away. */
const IGNORED = /^(-[fsSLq]+|--fail|--silent|--show-error|--location|--quiet|--spider)$/;

export function readCurl(command: string): CurlRequest | null {
  const words = readWords(command.replaceAll(/\s(>>?|2>|&>|1>)\s*\/dev\/null(?=\s|$)|\s2>&1(?=\s|$)/g, ' '));
  if (words === null || !/(^|\/)(curl|wget)$/.test(words[0] ?? '')) return null;
  const isCurl = words[0]!.endsWith('curl');
  const request: { url?: string; method?: string; headers: Record<string, string>; body?: string } = { headers: {} };
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    if (/^https?:\/\//.test(word) && request.url === undefined) request.url = word;
    else if (isCurl && /^(-X|--request)$/.test(word)) request.method = words[(at += 1)] ?? '';
    else if (isCurl && /^(-d|--data|--data-raw)$/.test(word)) request.body = words[(at += 1)] ?? '';
    else if (isCurl && /^(-H|--header)$/.test(word)) addHeader(request.headers, words[(at += 1)] ?? '');
    else if (/^(-o|-O|--output|--output-document)$/.test(word) && /^(\/dev\/null|-)$/.test(words[at + 1] ?? ''))
      at += 1;
    else if (!IGNORED.test(word)) return null;
  }
  return toRequest(request);
}

function toRequest(read: { url?: string; method?: string; headers: Record<string, string>; body?: string }) {
  const { url, body, headers } = read;
  if (url === undefined || body?.startsWith('@') === true) return null;
  const method = read.method ?? (body === undefined ? undefined : 'POST');
  const form = body === undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const sent = form ? headers : { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  return {
    url,
    ...(method === undefined ? {} : { method }),
    ...(Object.keys(sent).length === 0 ? {} : { headers: sent }),
    ...(body === undefined ? {} : { body }),
  };
}

function addHeader(headers: Record<string, string>, text: string): void {
  const [, name, value] = /^([^:]+):\s*(.*)$/.exec(text) ?? [];
  if (name !== undefined) headers[name] = value ?? '';
}

/** Words as a shell parts them; null where it would do more than that (variables, pipes, several commands). */
function readWords(command: string): string[] | null {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s'"\\$`|&;<>()*?#~]|'[^']*'|"[^"\\$`]*")+)/y;
  while (pattern.lastIndex < command.trimEnd().length) {
    const match = pattern.exec(command);
    if (match === null) return null;
    words.push(match[1]!.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  return words;
}

/** A command that is one plain `curl` or `wget`, as the request that it makes; null for anything that might mean more. */
export interface CurlRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Brackets and braces would be several addresses, but for those around an IPv6 host. */
const PLAIN_URL = /^https?:\/\/(\[[\da-fA-F]*:[\da-fA-F:.]+\](?![^:/?#])|[^[\]{}])[^[\]{}]*$/;
const TAKES_VALUE = /^(-X|--request|-d|--data|--data-raw|-H|--header)$/;
/** Flags that only hush, or throw the answer away. */
const IGNORED = /^(-[fsSLq]+|--fail|--silent|--show-error|--location|--quiet|--spider)$/;

export function readCurl(command: string): CurlRequest | null {
  const words = readWords(command.replaceAll(/\s(>>?|2>|&>|1>)\s*\/dev\/null(?=\s|$)|\s2>&1(?=\s|$)/g, ' '));
  if (words === null || !/(^|\/)(curl|wget)$/.test(words[0] ?? '')) return null;
  const isCurl = words[0]!.endsWith('curl');
  const request: Reading = { headers: {} };
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    const next = words[at + 1];
    if (PLAIN_URL.test(word) && request.url === undefined) request.url = word;
    else if (isCurl && TAKES_VALUE.test(word) && next !== undefined && addValue(request, word, next)) at += 1;
    else if (/^(-o|-O|--output|--output-document)$/.test(word) && /^(\/dev\/null|-)$/.test(words[at + 1] ?? ''))
      at += 1;
    else if (!IGNORED.test(word)) return null;
  }
  return toRequest(request);
}

interface Reading {
  url?: string;
  method?: string;
  readonly headers: Record<string, string>;
  body?: string;
}

/** @returns false where it would mean something else: a second body is joined to the first, a header read from a file */
function addValue(request: Reading, flag: string, value: string): boolean {
  if (/^(-H|--header)$/.test(flag)) return addHeader(request.headers, value);
  const field = /^(-X|--request)$/.test(flag) ? 'method' : 'body';
  if (request[field] !== undefined || (field === 'method' && !/^[A-Za-z]+$/.test(value))) return false;
  request[field] = value;
  return true;
}

function toRequest(read: Reading): CurlRequest | null {
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

/** One without a value takes a header of curl's own away, and a name may stand twice: no request here says that. */
function addHeader(headers: Record<string, string>, text: string): boolean {
  const [, name, value] = /^([^:;@\s]+):\s*(\S.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) return false;
  if (Object.keys(headers).some((known) => known.toLowerCase() === name.toLowerCase())) return false;
  headers[name] = value;
  return true;
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

/**
 * Where a redirect leads: one message and one answer to the next message. Owns the rules of RFC 9110, 15.4, as the
 * Fetch standard narrows them; invariant: a secret goes to the origin it was given for and to no other.
 */
import type { HttpMessage } from './http-message.ts';
import { HttpRequestError, requestLabel } from './http-request-error.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const OF_THE_BODY = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location'];
/** Authorization and Cookie by the book; the rest because services name their keys as they like. */
const SECRET_NAME = /auth|cookie|token|secret|passw|api-?key|credential|signature/i;

/** Whether an answer sends the client on. Without a Location it is an answer like any other. */
export function isRedirect(answer: { status: number; location: string | null }): boolean {
  return REDIRECTS.has(answer.status) && answer.location !== null;
}

/**
 * The message that follows a redirect. 303, and 301 and 302 after a POST, turn into a GET without a body.
 * @throws HttpRequestError HTTP_REDIRECT_REFUSED: the target cannot be read, or is neither http nor https
 */
export function followRedirect(message: HttpMessage, status: number, location: string): HttpMessage {
  const url = targetOf(message, status, location);
  const headers = new Headers(message.headers);
  if (url.origin !== message.url.origin) dropSecrets(headers);
  if (!becomesGet(message.method, status)) return { ...message, url, headers };
  for (const name of OF_THE_BODY) headers.delete(name);
  return { method: 'GET', url, headers, body: null };
}

function targetOf(message: HttpMessage, status: number, location: string): URL {
  const url = URL.parse(location, message.url);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const problem =
      url === null ? 'that cannot be read' : `of scheme '${url.protocol}'; only http and https are followed`;
    const label = requestLabel(message.method, message.url);
    throw new HttpRequestError('HTTP_REDIRECT_REFUSED', `${label} answered ${status} with a target ${problem}.`);
  }
  url.username = '';
  url.password = '';
  return url;
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

function dropSecrets(headers: Headers): void {
  const names = [...headers.keys()].filter((name) => SECRET_NAME.test(name));
  for (const name of names) headers.delete(name);
}

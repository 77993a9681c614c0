/** The first message of a run, from its kwargs and its context. Owns which headers every request carries. */
import type { JobContext } from '../../foundation/index.ts';
import type { HttpMessage } from '../domain/http-message.ts';
import { formatTraceparent, TRACEPARENT_BYTES } from '../domain/traceparent.ts';
import type { RequestKwargs } from './request-kwargs.ts';

const USER_AGENT = 'Carillon';

/** The job's own headers win over the defaults; userinfo of the URL becomes basic authentication (RFC 7617). */
export function outgoingMessage(kwargs: RequestKwargs, context: Pick<JobContext, 'idempotencyKey'>): HttpMessage {
  const url = new URL(kwargs.url);
  const headers = new Headers(kwargs.headers);
  const body = bodyText(kwargs.body);
  if (body !== null && typeof kwargs.body !== 'string') setDefault(headers, 'content-type', 'application/json');
  if (url.username !== '' || url.password !== '') setDefault(headers, 'authorization', basicCredentials(url));
  url.username = '';
  url.password = '';
  setDefault(headers, 'accept', '*/*');
  // The first bytes of a compressed body cannot be shown.
  setDefault(headers, 'accept-encoding', 'identity');
  setDefault(headers, 'user-agent', USER_AGENT);
  headers.set('idempotency-key', visibleAscii(context.idempotencyKey));
  headers.set('traceparent', formatTraceparent(crypto.getRandomValues(new Uint8Array(TRACEPARENT_BYTES))));
  return { method: kwargs.method, url, headers, body };
}

function bodyText(body: unknown): string | null {
  if (body === null || body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function setDefault(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}

function basicCredentials(url: URL): string {
  const bytes = new TextEncoder().encode(`${decoded(url.username)}:${decoded(url.password)}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** A `%` that escapes nothing is legal in a URL and means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A job id may be in any script, a header value may not. */
function visibleAscii(text: string): string {
  return text.toWellFormed().replace(/[^\u{21}-\u{7e}]/gu, encodeURIComponent);
}

/**
 * What can go wrong with an `http.request`. Owns the codes and the words; invariant: a message names method, host and
 * port and the cause, and never what may be secret: userinfo, path, query, headers, body.
 */
import { CarillonError } from '../../foundation/index.ts';

export type HttpFailureCode =
  | 'HTTP_ADDRESS_REFUSED'
  | 'HTTP_DNS_FAILED'
  | 'HTTP_CONNECTION_FAILED'
  | 'HTTP_TIMEOUT'
  | 'HTTP_REDIRECT_REFUSED'
  | 'HTTP_STATUS_UNEXPECTED';

export class HttpRequestError extends CarillonError {
  override readonly code: HttpFailureCode;

  constructor(code: HttpFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Those that people meet; for the others the code, or the runtime's own words, must do. */
const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  EAI_AGAIN: 'the name server did not answer',
  ECONNREFUSED: 'the connection was refused; nothing listens there',
  ECONNRESET: 'the connection was closed before the answer was complete',
  EHOSTUNREACH: 'there is no route to the host',
  EMFILE: 'this process has too many open files',
  ENETUNREACH: 'there is no route to the network',
  ENOTFOUND: 'the name does not exist',
  EPIPE: 'the connection was closed while the request was sent',
  EPROTO: 'the two ends could not agree on TLS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  ETIMEDOUT: 'the connection could not be made in time',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate chain holds a self-signed one',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is signed by an unknown authority',
};
const LONGEST_FOREIGN_MESSAGE = 200;

/** A transport's or a resolver's error in words, its code behind: `the connection was refused … (ECONNREFUSED)`. */
export function describeCause(error: unknown): string {
  const code = codeOf(error);
  const words = code === null ? undefined : WORDS[code];
  if (words !== undefined) return `${words} (${code})`;
  const foreign = error instanceof Error ? error.message : 'no reason was given';
  return code === null ? cut(foreign) : `${cut(foreign)} (${code})`;
}

/** `GET example.com:443`: all of a request that a message may tell. */
export function requestLabel(method: string, url: URL): string {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return `${method} ${url.hostname}:${port}`;
}

/** The first code along `cause` and `errors`: fetch wraps its reason, a dual-stack connection collects several. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.map(codeOf).find((code) => code !== null) ?? null;
}

function cut(text: string): string {
  return text.length > LONGEST_FOREIGN_MESSAGE ? `${text.slice(0, LONGEST_FOREIGN_MESSAGE)}…` : text;
}

/**
 * From the first message to the answer that counts. Owns the chain of hops; invariant: every hop's target is admitted
 * before anything is sent to it, and there are at most MOST_REDIRECTS.
 */
import type { HttpMessage } from '../domain/http-message.ts';
import { describeCause, HttpRequestError, requestLabel } from '../domain/http-request-error.ts';
import { followRedirect, isRedirect } from '../domain/redirect.ts';
import type { HttpAnswer, HttpTransport } from './ports/http-transport.ts';
import { admitTarget, type TargetPolicy } from './target-guard.ts';

export const MOST_REDIRECTS = 5;

export interface Egress extends TargetPolicy {
  readonly transport: HttpTransport;
}

export interface FinalAnswer {
  readonly answer: HttpAnswer;
  /** `GET host:port` of the last hop. */
  readonly label: string;
}

/**
 * @param isExpected whether a status ends the chain, a redirect's included
 * @throws HttpRequestError of any code but HTTP_TIMEOUT and HTTP_STATUS_UNEXPECTED
 */
export async function followRedirects(
  first: HttpMessage,
  egress: Egress,
  isExpected: (status: number) => boolean,
  signal: AbortSignal,
): Promise<FinalAnswer> {
  let message = first;
  for (let redirects = 0; ; redirects++) {
    const label = requestLabel(message.method, message.url);
    const answer = await sendHop(message, label, egress, signal);
    if (isExpected(answer.status) || !isRedirect(answer)) return { answer, label };
    answer.discard();
    if (redirects === MOST_REDIRECTS) throw tooManyRedirects(label, answer.status);
    message = followRedirect(message, answer.status, answer.location ?? '');
  }
}

async function sendHop(message: HttpMessage, label: string, egress: Egress, signal: AbortSignal): Promise<HttpAnswer> {
  const addresses = await admitTarget({ url: message.url, label }, egress, signal);
  signal.throwIfAborted();
  try {
    return await egress.transport.exchange({ ...message, addresses, signal });
  } catch (cause) {
    throw new HttpRequestError('HTTP_CONNECTION_FAILED', `${label} failed: ${describeCause(cause)}.`, { cause });
  }
}

function tooManyRedirects(label: string, status: number): HttpRequestError {
  const message = `${label} answered ${status} after ${MOST_REDIRECTS} redirects; no more are followed.`;
  return new HttpRequestError('HTTP_REDIRECT_REFUSED', message);
}

/**
 * The job function `http.request`: one request, its answer's status, time and first kilobytes as the result. Owns what
 * counts as success; invariant: it ends within `timeoutMs`, and at once when the run is told to stop.
 */
import { defineJob, type JobContext, type JobDefinition } from '../../../foundation/index.ts';
import { describeCause, HttpRequestError, requestLabel } from '../../domain/http-request-error.ts';
import { type FinalAnswer, followRedirects, type Egress } from '../follow-redirects.ts';
import { outgoingMessage } from '../outgoing-message.ts';
import { ALLOWING, refusedLiterally } from '../target-guard.ts';
import { requestKwargs, type RequestKwargs } from '../request-kwargs.ts';

export const BODY_LIMIT_BYTES = 4_096;

export interface HttpRequestResult {
  status: number;
  /** From the first hop's sending to the end of what was read. */
  durationMs: number;
  /** The first BODY_LIMIT_BYTES of the body, read as UTF-8 and never cut within a character. */
  body: string;
}

/** @param egress how requests leave, and where they may go */
export function createHttpRequestJob(egress: Egress): JobDefinition {
  return defineJob({
    description: 'Sends one HTTP request and succeeds when the answer has the expected status (any 2xx by default).',
    kwargs: requestKwargs,
    run: (kwargs, context) => request(kwargs, context, egress),
    warnings: ({ url }) => addressWarnings(new URL(url), egress),
  });
}

/** Of what the address itself says; where a name leads is known when it is asked. */
function addressWarnings(url: URL, egress: Egress): string[] {
  const why = refusedLiterally(url, egress);
  return why === null ? [] : [`Each run fails before it sends anything: the host ${why}. ${ALLOWING}`];
}

async function request(kwargs: RequestKwargs, context: JobContext, egress: Egress): Promise<HttpRequestResult> {
  context.signal.throwIfAborted();
  const startedAt = performance.now();
  const deadline = AbortSignal.timeout(kwargs.timeoutMs);
  const message = outgoingMessage(kwargs, context);
  const isExpected = statusTest(kwargs.expectStatus);
  try {
    const signal = AbortSignal.any([context.signal, deadline]);
    const final = await followRedirects(message, egress, isExpected, signal);
    if (!isExpected(final.answer.status)) throw unexpectedStatus(final, kwargs.expectStatus);
    const body = await readBody(final);
    return { status: final.answer.status, durationMs: Math.round(performance.now() - startedAt), body };
  } catch (error) {
    // Whatever an aborted socket reports, the abort is the reason.
    context.signal.throwIfAborted();
    if (deadline.aborted) throw timedOut(requestLabel(message.method, message.url), kwargs.timeoutMs);
    throw error;
  }
}

async function readBody({ answer, label }: FinalAnswer): Promise<string> {
  const bytes = await answer.read(BODY_LIMIT_BYTES).catch((cause: unknown) => {
    const message = `${label} answered ${answer.status}, then failed: ${describeCause(cause)}.`;
    throw new HttpRequestError('HTTP_CONNECTION_FAILED', message, { cause });
  });
  // Decoded as if more were to come: a character that the cut split is left out, not replaced.
  return new TextDecoder().decode(bytes, { stream: bytes.length === BODY_LIMIT_BYTES });
}

function statusTest(expected: RequestKwargs['expectStatus']): (status: number) => boolean {
  if (expected === undefined) return (status) => status >= 200 && status < 300;
  return (status) => [expected].flat().includes(status);
}

function unexpectedStatus({ answer, label }: FinalAnswer, expected: RequestKwargs['expectStatus']): HttpRequestError {
  answer.discard();
  const right = expected === undefined ? '2xx' : [expected].flat().join(' or ');
  return new HttpRequestError('HTTP_STATUS_UNEXPECTED', `${label} answered ${answer.status}; expected ${right}.`);
}

function timedOut(label: string, timeoutMs: number): HttpRequestError {
  return new HttpRequestError('HTTP_TIMEOUT', `${label} did not complete within ${timeoutMs} ms (timeoutMs).`);
}

/**
 * The bytes of a body, on web streams alone. The one place where a body is read.
 *
 * Invariant: what a caller sends costs at most `MAX_BODY_BYTES` of memory and the deadline's time, however it is sent;
 * a body that stops half-way is the caller's fault and not ours.
 */
import { RequestError } from './request-error.ts';

export const MAX_BODY_BYTES = 1_048_576;
export const BODY_DEADLINE_MS = 10_000;

/** @throws RequestError BODY_TOO_LARGE, BODY_TIMEOUT, BODY_INCOMPLETE */
export async function readBody(request: Request, deadlineMs: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (request.body === null) return '';
  const reader = request.body.getReader();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooSlow(deadlineMs)), deadlineMs);
  try {
    return await readAll(() => Promise.race([reader.read(), late]));
  } catch (error) {
    // Nobody waits for the rest; a stream that has failed already says so again here.
    reader.cancel().catch(() => {});
    throw error instanceof RequestError ? error : incomplete();
  } finally {
    clearTimeout(timer);
  }
}

type ReadChunk = () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;

async function readAll(read: ReadChunk): Promise<string> {
  const decoder = new TextDecoder();
  const texts: string[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await read();
    if (done || value === undefined) return texts.join('') + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    texts.push(decoder.decode(value, { stream: true }));
  }
}

function tooLarge(): RequestError {
  return new RequestError('BODY_TOO_LARGE', `A body is at most ${MAX_BODY_BYTES} bytes long.`);
}

/** Closed, since the rest of the body may still come, and is no request. */
function tooSlow(deadlineMs: number): RequestError {
  const message = `The body was not whole after ${deadlineMs} ms.`;
  return new RequestError('BODY_TIMEOUT', message, { headers: { connection: 'close' } });
}

function incomplete(): RequestError {
  return new RequestError('BODY_INCOMPLETE', 'The body ended before it was whole.');
}

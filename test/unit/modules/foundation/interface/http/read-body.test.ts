import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_BODY_BYTES, readBody } from '../../../../../../src/modules/foundation/interface/http/read-body.ts';
import type { RequestErrorCode } from '../../../../../../src/modules/foundation/interface/http/request-error.ts';

const DEADLINE_MS = 10_000;

function requestOf(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
}
const refusedAs = (code: RequestErrorCode) => expect.objectContaining({ code });

describe('readBody()', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('joins what comes in pieces, a character cut in two as well', async () => {
    const bytes = new TextEncoder().encode('\ufeffa 钟 b');
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(bytes.slice(0, 6));
        controller.enqueue(bytes.slice(6));
        controller.close();
      },
    });
    expect(await readBody(requestOf(body), DEADLINE_MS)).toBe('a 钟 b');
    expect(await readBody(requestOf(null), DEADLINE_MS)).toBe('');
  });

  it('cuts a body off that drips, at its deadline, and lets go of the stream', async () => {
    const cancelled = vi.fn<() => void>();
    let drip = (): void => {};
    const body = new ReadableStream({
      start: (controller) => {
        drip = () => controller.enqueue(new TextEncoder().encode(' '));
      },
      cancel: cancelled,
    });
    const read = readBody(requestOf(body), DEADLINE_MS);
    const refused = expect(read).rejects.toEqual(refusedAs('BODY_TIMEOUT'));
    for (let passedMs = 0; passedMs < DEADLINE_MS; passedMs += 1_000) {
      drip();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await refused;
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it('refuses a body that is too large, by what it says and by what it is', async () => {
    const announced = requestOf('{}', { 'content-length': String(MAX_BODY_BYTES + 1) });
    await expect(readBody(announced, DEADLINE_MS)).rejects.toEqual(refusedAs('BODY_TOO_LARGE'));
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
    await expect(readBody(requestOf(endless), DEADLINE_MS)).rejects.toEqual(refusedAs('BODY_TOO_LARGE'));
  });

  it('takes a body that breaks off for the caller’s fault', async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error('aborted')) });
    await expect(readBody(requestOf(body), DEADLINE_MS)).rejects.toEqual(refusedAs('BODY_INCOMPLETE'));
  });

  it('leaves no timer behind', async () => {
    await readBody(requestOf('{}'), DEADLINE_MS);
    expect(vi.getTimerCount()).toBe(0);
  });
});

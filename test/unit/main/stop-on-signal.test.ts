/** How signals end the service, in virtual time. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Lifespan } from '../../../src/main/lifespan.ts';
import { stopOnSignal } from '../../../src/main/stop-on-signal.ts';
import { InMemoryLogger } from '../../support/in-memory-logger.ts';

const never = (): Promise<void> => new Promise(() => {});

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'log').mockReturnValue();
  vi.spyOn(console, 'error').mockReturnValue();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Story {
  /** What has to end before the service does. */
  readonly drain: () => Promise<void>;
  readonly closeLogging?: () => Promise<void>;
}

/** @returns how to send a signal, and what came of them: exits with their status, and when, from the last signal on */
async function serve({ drain, closeLogging = async () => {} }: Story) {
  let signal = (): void => {};
  let signalledAt = performance.now();
  const exits: { status: number; afterMs: number }[] = [];
  const aborted: string[] = [];
  const lifespan = new Lifespan([{ name: 'runs', stop: drain, stopWithinMs: 60_000 }], new InMemoryLogger());
  await lifespan.start();
  stopOnSignal({
    host: {
      onStopSignal: (listener) => (signal = listener),
      // Where a process would be gone nothing more comes of it.
      exit: (status) => {
        exits.push({ status, afterMs: Math.round(performance.now() - signalledAt) });
        return undefined as never;
      },
    },
    lifespan,
    abortRuns: (reason) => aborted.push(reason),
    closeLogging,
  });
  const send = (): void => {
    signalledAt = performance.now();
    signal();
  };
  return { send, exits, aborted };
}

it('stopOnSignal() lets what runs end after the first signal, however long it takes', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { send, exits, aborted } = await serve({ drain: () => promise });
  send();
  await vi.advanceTimersByTimeAsync(50_000);
  expect(exits).toEqual([]);
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect([exits, aborted]).toEqual([[{ status: 0, afterMs: 50_000 }], []]);
});

it('stopOnSignal() gives up what runs after the second, and waits for no drain that ignores it', async () => {
  const { send, exits, aborted } = await serve({ drain: never });
  send();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([exits, aborted]).toEqual([[], []]);
  send();
  expect(aborted).toEqual(['the service was told twice to stop']);
  await vi.advanceTimersByTimeAsync(1_300);
  expect(exits).toEqual([{ status: 0, afterMs: 1_300 }]);
});

it('stopOnSignal() cuts off what has not ended 1.7 s after the second, with status 1', async () => {
  const { send, exits } = await serve({ drain: never, closeLogging: never });
  send();
  send();
  await vi.advanceTimersByTimeAsync(1_699);
  expect(exits).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(exits).toEqual([{ status: 1, afterMs: 1_700 }]);
  expect(console.error).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('was cut off'));
});

it('stopOnSignal() does at a third signal no more than at the second', async () => {
  const { send, exits, aborted } = await serve({ drain: never, closeLogging: never });
  for (let signals = 0; signals < 3; signals += 1) send();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([exits.length, aborted.length]).toEqual([1, 1]);
});

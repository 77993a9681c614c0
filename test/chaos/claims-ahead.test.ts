/** Who holds claims ahead is found while it holds them, and nobody is killed who is gone already. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findHolder } from './claims-ahead.ts';
import type { Cluster } from './cluster.ts';
import { herdOf } from './herd.ts';
import { Nemesis } from './nemesis.ts';

type Row = { hostname: string; n: number; far: number };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function clusterOf(ask: (text: string) => Promise<Row[]>, isDoomed = false) {
  const ended = Promise.withResolvers<void>();
  const signal = vi.fn((name: string) => name === 'SIGKILL' && ended.resolve());
  const replica = { name: 'replica-1.1', isAlive: true, isDoomed, signal, ended: () => ended.promise };
  const start = vi.fn();
  const slots = [
    { index: 0, replica: { name: 'replica-0.2', isAlive: true, isDoomed: true } },
    { index: 1, replica },
  ];
  return { cluster: { slots, database: { ask }, start } as unknown as Cluster, signal, start };
}

const row = (hostname: string): Row => ({ hostname, n: 4, far: 0 });

it('findHolder() asks until a replica that lives holds claims ahead, an answer that never came left out', async () => {
  const answers = [
    () => Promise.resolve([]),
    () => Promise.reject(new Error('the server is away')),
    () => Promise.resolve([row('replica-0.2'), row('replica-9.1')]),
    () => Promise.resolve([row('replica-0.2'), row('replica-1.1')]),
  ];
  const ask = vi.fn(() => answers.shift()!());
  const found = findHolder(clusterOf(ask).cluster, herdOf(50));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await found).toMatchObject({ index: 1 });
  expect(ask).toHaveBeenCalledTimes(4);
});

it('findHolder() asks for claims far ahead only where the herd is claimed so', async () => {
  const texts: string[] = [];
  const ask = async (text: string): Promise<Row[]> => (texts.push(text), [row('replica-1.1')]);
  for (const size of [50, 25_000]) {
    const found = findHolder(clusterOf(ask).cluster, herdOf(size));
    await vi.advanceTimersByTimeAsync(60_000);
    await found;
  }
  expect(texts.map((text) => text.includes('1000 milliseconds'))).toEqual([false, true]);
});

it('kill-ahead kills the holder, and counts what it had left behind; where nobody holds any it is a miss', async () => {
  const fault = { atMs: 0, fault: 'kill-ahead', slot: 0, durationMs: 500, stepMs: 0, alignMs: null, isAtHerd: false };
  const { cluster, signal, start } = clusterOf(async () => [row('replica-1.1')]);
  const nemesis = new Nemesis(cluster, herdOf(50));
  await nemesis.run([fault as never]);
  await vi.advanceTimersByTimeAsync(30_000);
  await nemesis.settled();
  expect(nemesis.inflicted).toMatchObject([{ fault: 'kill-ahead', on: 'replica-1.1', heldAhead: { all: 4, far: 0 } }]);
  expect([signal.mock.lastCall, start.mock.calls.length, nemesis.missed]).toEqual([['SIGKILL'], 1, 0]);
  const idle = new Nemesis(clusterOf(async () => []).cluster, herdOf(50));
  await idle.run([fault as never]);
  await vi.advanceTimersByTimeAsync(90_000);
  await idle.settled();
  expect([idle.inflicted, idle.missed]).toEqual([[], 1]);
});

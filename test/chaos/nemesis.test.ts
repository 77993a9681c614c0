/** What is told of a fault is what was measured of it: from when it was inflicted until it was mended, no longer. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Cluster } from './cluster.ts';
import type { PlannedFault } from './fault-schedule.ts';
import { herdOf } from './herd.ts';
import { Nemesis } from './nemesis.ts';

const OUTAGE: PlannedFault = {
  atMs: 0,
  fault: 'outage',
  slot: 0,
  durationMs: 2_000,
  stepMs: 0,
  alignMs: null,
  isAtHerd: false,
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a disturbance ends when it is mended, however long its claims are counted', async () => {
  const counted = Promise.withResolvers<{ n: number; far: number }[]>();
  const replica = { name: 'replica-0.1', isAlive: true, isDoomed: false };
  const proxy = { refuse: vi.fn(), heal: vi.fn() };
  const cluster = { slots: [{ index: 0, replica, proxy }], database: { ask: () => counted.promise } };
  const nemesis = new Nemesis(cluster as unknown as Cluster, herdOf(10));
  await nemesis.run([OUTAGE]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(proxy.heal).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(30_000);
  counted.resolve([{ n: 7, far: 3 }]);
  await nemesis.settled();
  expect(nemesis.inflicted).toMatchObject([{ fault: 'outage', on: 'server', heldAhead: { all: 7, far: 3 } }]);
  expect(nemesis.disturbances.map(({ fromMs, toMs }) => Math.round(toMs - fromMs))).toEqual([2_000]);
});

it('a stop may take four seconds longer while the server is not mended yet, whatever was planned, and no longer', async () => {
  const crash = Promise.withResolvers<void>();
  const replica = { name: 'replica-0.1', isAlive: true, isDoomed: false, signal: vi.fn(), ended: async () => {} };
  const misbehaved = vi.fn();
  let tookMs = 5_900;
  const cluster = {
    slots: [{ index: 0, replica, proxy: { faults: {} }, isClosed: true }],
    database: { ask: async () => [], crash: () => crash.promise },
    drain: () => new Promise((resolve) => setTimeout(resolve, 400 + tookMs)),
    misbehaved,
  };
  const nemesis = new Nemesis(cluster as unknown as Cluster, herdOf(10));
  const forced = async (): Promise<void> => {
    replica.isDoomed = false;
    await nemesis.run([{ ...OUTAGE, fault: 'force' }]);
    await vi.advanceTimersByTimeAsync(15_000);
  };
  await nemesis.run([{ ...OUTAGE, fault: 'db-crash' }]);
  await vi.advanceTimersByTimeAsync(60_000);
  await forced();
  expect(misbehaved).not.toHaveBeenCalled();
  tookMs = 6_100;
  await forced();
  expect(misbehaved).toHaveBeenCalledTimes(1);
  tookMs = 5_900;
  crash.resolve();
  await vi.advanceTimersByTimeAsync(10_000);
  await forced();
  expect(misbehaved).toHaveBeenCalledTimes(2);
  expect(nemesis.forcedMs).toEqual([5_900, 6_100, 5_900]);
});

it('what a process survives begins at its time, and is undone after its duration', async () => {
  const calls: string[] = [];
  const tell = (name: string) => (given?: string | number) =>
    void calls.push(given === undefined ? name : `${name} ${given}`);
  const replica = { name: 'replica-0.1', isAlive: true, signal: tell('signal'), stepClock: tell('step') };
  const faults = {
    set delayMs(ms: number) {
      calls.push(`delay ${ms}`);
    },
  };
  const proxy = {
    faults,
    refuse: tell('refuse'),
    blackHole: tell('blackHole'),
    deafen: tell('deafen'),
    heal: tell('heal'),
  };
  const cluster = { slots: [{ index: 0, replica, proxy }], database: { ask: async () => [] } };
  const nemesis = new Nemesis(cluster as unknown as Cluster, herdOf(10));
  for (const fault of ['suspend', 'clock', 'refuse', 'black-hole', 'slow', 'deaf'] as const) {
    await nemesis.run([{ ...OUTAGE, fault, stepMs: 500 }]);
    await vi.advanceTimersByTimeAsync(1_999);
    calls.push('…');
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(calls.join(', ')).toBe(
    'signal SIGSTOP, …, signal SIGCONT, step 500, …, step 0, refuse, …, heal, blackHole, …, heal, delay 20, …, heal, deafen, …, heal',
  );
});

it('a replica that is gone is passed over for the next that is there; where none is, the fault is told to be in vain', async () => {
  const signal = vi.fn();
  const replicas = [0, 1, 2].map((index) => ({
    name: `replica-${index}.1`,
    isAlive: true,
    isDoomed: index > 1,
    signal,
  }));
  const slots = replicas.map((replica, index) => ({ index, replica, proxy: {} }));
  const cluster = { slots, database: { ask: async () => [] } } as unknown as Cluster;
  const nemesis = new Nemesis(cluster, herdOf(10));
  const suspended = async (slot: number): Promise<void> => {
    await nemesis.run([{ ...OUTAGE, fault: 'suspend', slot }]);
    await vi.advanceTimersByTimeAsync(2_000);
  };
  await suspended(1);
  await suspended(2);
  for (const replica of replicas) replica.isAlive = false;
  await suspended(1);
  expect(nemesis.inflicted.map(({ on, isVain }) => [on, isVain])).toEqual([
    ['replica-1.1', false],
    ['replica-0.1', false],
    ['replica-1.1', true],
  ]);
});

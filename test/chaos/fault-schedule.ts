/**
 * Which fault happens when, to whom and for how long. Pure. Invariant: the same seed, length, replicas, faults and herd
 * give the same schedule; every fault that was asked for happens at least once where the time allows it.
 */
import type { Herd } from './herd.ts';
import { SeededRandom } from './seeded-random.ts';

export const FAULTS = [
  'kill',
  'kill-ahead',
  'suspend',
  'drain',
  'force',
  'clock',
  'db-restart',
  'db-crash',
  'terminate',
  'refuse',
  'black-hole',
  'slow',
  'deaf',
  'disk-full',
  'outage',
  'old-registry',
  'join',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface PlannedFault {
  /** After the start of the run. */
  readonly atMs: number;
  readonly fault: Fault;
  /** Which replica; faults of the server itself, and whoever seeks out a replica, leave it out of account. */
  readonly slot: number;
  readonly durationMs: number;
  /** Steps the clock by this much. */
  readonly stepMs: number;
  /** Waits for the next whole second plus this much, which may be less: so that it falls into the claiming of what is due then. */
  readonly alignMs: number | null;
  /** Not the next whole second: the next instant at which the herd is due. */
  readonly isAtHerd: boolean;
}

export interface FaultPlan {
  readonly seed: number;
  readonly lengthMs: number;
  readonly replicas: number;
  readonly faults: readonly Fault[];
  readonly herd: Pick<Herd, 'aheadMs' | 'isLarge'>;
}

/** How long each fault lasts, from and to. Suspensions outlast the lease of 15 s in two of three cases. */
const LASTS: Readonly<Record<Fault, readonly [number, number]>> = {
  kill: [500, 6_000],
  'kill-ahead': [500, 6_000],
  suspend: [3_000, 24_000],
  drain: [500, 4_000],
  force: [500, 4_000],
  clock: [5_000, 20_000],
  'db-restart': [500, 6_000],
  'db-crash': [200, 3_000],
  terminate: [3_000, 10_000],
  refuse: [2_000, 18_000],
  'black-hole': [3_000, 22_000],
  slow: [5_000, 15_000],
  deaf: [10_000, 30_000],
  'disk-full': [2_000, 8_000],
  outage: [16_000, 30_000],
  'old-registry': [8_000, 20_000],
  join: [8_000, 20_000],
};
const HOUR_MS = 3_600_000;
/** Of a run of five minutes or more one outage is so long that an every-second job misses it by dozens. */
const LONG_RUN_MS = 300_000;
const LONG_OUTAGE_MS = 75_000;

/** In the order of their time. Nothing begins in the last quarter of a minute, or of a shorter run. */
export function planFaults(plan: FaultPlan): PlannedFault[] {
  const random = SeededRandom.of(plan.seed, 'faults');
  const planned: PlannedFault[] = [];
  if (plan.faults.length === 0) return planned;
  let bag = firstBag(plan, random);
  let atMs = 2_000;
  while (atMs < lastAtMs(plan) || planned.length === 0) {
    if (bag.length === 0) bag = shuffled(plan.faults, random);
    planned.push(drawFault(bag.pop()!, atMs, random, plan));
    atMs += random.between(600, gapMs(plan));
  }
  return withLongOutage(bothWays(planned), plan);
}

/** One clock after another is put the other way. */
function bothWays(planned: readonly PlannedFault[]): PlannedFault[] {
  const clocks = planned.filter(({ fault }) => fault === 'clock');
  const isForward = (clocks[0]?.stepMs ?? 0) > 0;
  return planned.map((each) => {
    const place = clocks.indexOf(each);
    return place < 0 ? each : { ...each, stepMs: isForward === (place % 2 === 0) ? 2 * HOUR_MS : -HOUR_MS };
  });
}

function withLongOutage(planned: readonly PlannedFault[], { lengthMs }: FaultPlan): PlannedFault[] {
  const first = planned.findIndex(({ fault }) => fault === 'outage');
  const isLong = (at: number): boolean => at === first && lengthMs >= LONG_RUN_MS;
  return planned.map((each, at) => (isLong(at) ? { ...each, durationMs: LONG_OUTAGE_MS } : each));
}

/** Of a large herd hardly anything is claimed ahead once it is behind: whoever aims at that comes first. */
function firstBag({ faults, herd }: FaultPlan, random: SeededRandom): Fault[] {
  const bag = shuffled(faults, random);
  return herd.isLarge ? bag.toSorted((a, b) => Number(a === 'kill-ahead') - Number(b === 'kill-ahead')) : bag;
}

function lastAtMs({ lengthMs }: FaultPlan): number {
  return lengthMs - Math.min(15_000, lengthMs / 4);
}

/** Short runs are dense, so that each fault has its turn; long ones leave the cluster some air between two. */
function gapMs(plan: FaultPlan): number {
  return Math.max(700, Math.min(7_000, Math.floor(lastAtMs(plan) / (plan.faults.length + 1))));
}

function drawFault(fault: Fault, atMs: number, random: SeededRandom, { replicas, herd }: FaultPlan): PlannedFault {
  const [shortest, longest] = LASTS[fault];
  return {
    atMs,
    fault,
    slot: random.between(0, replicas - 1),
    durationMs: random.between(shortest, longest),
    stepMs: random.chance(0.5) ? 2 * HOUR_MS : -HOUR_MS,
    alignMs: random.chance(herd.isLarge ? 0.9 : 0.6) ? drawAlignment(random, herd) : null,
    isAtHerd: random.chance(herd.isLarge ? 1 : 0.4),
  };
}

/** Half of them while what is due is claimed, half in the second before, when it may be claimed ahead; that, more often, of a large herd. */
function drawAlignment(random: SeededRandom, { isLarge, aheadMs }: FaultPlan['herd']): number {
  const isAhead = !random.chance(isLarge ? 0.25 : 0.5);
  return isAhead ? random.between(Math.round(-0.95 * aheadMs), -50) : random.between(-80, 160);
}

function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const drawn = items.map((item) => ({ item, key: random.next() }));
  return drawn.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

/**
 * The jobs of a chaos run that are due together, seldom enough to be claimed ahead of time. Pure. Invariant: the same seed
 * and size give the same jobs; a herd that is due more seldom is one that two cores need the time for.
 */
import { aheadMsOf } from '../../src/modules/foundation/application/herd-claimer.ts';
import { DEFAULT_POLICIES, type JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ChaosJob } from './workload.ts';

export interface Herd {
  readonly size: number;
  /** All its jobs are due at the same instants, this far apart. */
  readonly everyMs: number;
  /** So long before that it begins to be claimed. */
  readonly aheadMs: number;
  /** Faults and orders are to fall into its being claimed, not elsewhere. */
  readonly isLarge: boolean;
}

/** Only of a herd that takes the database longer is anything claimed further ahead. */
export const FAR_AHEAD_MS = 1_000;
/** Up to which size it is due how often. */
const EVERY_S = [
  { size: 1_000, everyS: 10 },
  { size: 30_000, everyS: 20 },
  { size: Number.POSITIVE_INFINITY, everyS: 30 },
];
const ROLES = ['watched', 'edited', 'watched', 'paused', 'watched'] as const;

export function herdOf(size: number): Herd {
  const { everyS } = EVERY_S.find((most) => size <= most.size)!;
  return { size, everyMs: everyS * 1_000, aheadMs: aheadMsOf(size), isLarge: size > EVERY_S[0]!.size };
}

export function makeHerd(seed: number, herd: Herd): ChaosJob[] {
  const random = SeededRandom.of(seed, 'herd');
  return Array.from({ length: herd.size }, (_, at) => {
    const handler = handlerAt(at, herd);
    const spec: JobSpec = {
      ...DEFAULT_POLICIES,
      outagePolicy: 'hold',
      jobId: `herd-${String(at).padStart(3, '0')}.${handler}`,
      jobName: `herd ${at}`,
      cronExpression: `*/${herd.everyMs / 1_000} * * * * *`,
      dialect: 'unix',
      timezone: 'UTC',
      handler,
      misfirePolicy: random.pick(['once', 'skip', 'all']),
      overlapPolicy: random.pick(['skip', 'allow']),
      onLost: random.pick(['fail', 'fail', 'retry']),
    };
    return { spec, role: ROLES[at % ROLES.length]!, isLedgered: true };
  });
}

/** Is it being claimed ahead at this instant? Of a herd that is not large nobody asks. */
export function isBeingClaimed({ isLarge, everyMs, aheadMs }: Herd, atMs: number): boolean {
  return isLarge && everyMs - (atMs % everyMs) <= aheadMs;
}

function handlerAt(at: number, { isLarge }: Herd): string {
  if (isLarge) return at % 60 === 5 ? 'chaos.slow' : 'chaos.crowd';
  return at % 6 === 5 ? 'chaos.slow' : 'chaos.tick';
}

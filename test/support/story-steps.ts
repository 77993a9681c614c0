/** What happens in a story of engines: jobs of every policy, and arbitrary steps of faults, locks, edits, orders, stops and kills. */
import fc from 'fast-check';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';

const HERD = 21;
/** In the place of a job id. */
export const ALL = '*';
const POLICIES = ['once', 'skip', 'all'] as const;

/** How each job is: a herd that is claimed ahead, and one of each overlap policy. */
export const STORY_JOBS: Readonly<Record<string, Partial<JobConfig>>> = {
  ...Object.fromEntries(
    Array.from({ length: HERD }, (_, at): [string, Partial<JobConfig>] => [
      `herd-${at}`,
      {
        cronExpression: '*/10 * * * * *',
        overlapPolicy: at % 3 === 0 ? 'allow' : 'skip',
        misfirePolicy: POLICIES[at % 3]!,
        onLost: at % 4 === 0 ? 'retry' : 'fail',
      },
    ]),
  ),
  queueOne: { cronExpression: '*/3 * * * * *', overlapPolicy: 'queueOne' },
  queueAll: { cronExpression: '*/3 * * * * *', overlapPolicy: 'queueAll' },
  cancelPrevious: { cronExpression: '*/3 * * * * *', overlapPolicy: 'cancelPrevious' },
  limited: { cronExpression: '*/2 * * * * *', overlapPolicy: 'allow', maxConcurrentRuns: 1 },
  caughtUp: { cronExpression: '*/2 * * * * *', overlapPolicy: 'allow', misfirePolicy: 'all', catchUpLimit: 5 },
  ...Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((at): [string, Partial<JobConfig>] => [
      `second-${at}`,
      { cronExpression: '*/1 * * * * *', overlapPolicy: 'allow' },
    ]),
  ),
  edited: { cronExpression: '*/5 * * * * *', overlapPolicy: 'skip' },
};

const call = fc.constantFrom(
  ...['ahead.confirmAll', 'ahead.confirmEach', 'ahead.giveBack', 'ahead.giveBackOfDead'],
  ...[
    'claims.arm',
    'claims.claim',
    'claims.getClaimed',
    'claims.getCursors',
    'configs.getByJobIds',
    'configs.getStanding',
  ],
  ...['executions.create', 'executions.update', 'instances.renew', 'instances.rescue'],
  ...['pending.claim', 'pending.getClaimed', 'settlements.settle'],
);
const common = { afterMs: fc.nat(4_000), by: fc.nat(3), forMs: fc.nat(4_800) };
const disturbed = fc.record({ ...common, kind: fc.constantFrom('lose', 'hold', 'holdAnswer', 'fail'), call });
const cut = fc.constantFrom('away', 'awayForAll');
const away = fc.record({ ...common, kind: cut, forMs: fc.oneof(fc.nat(3_000), fc.nat(35_000)) });
/** One outage comes before the database was told of the one before it. */
const flapping = fc.record({
  ...common,
  kind: cut,
  forMs: fc.integer({ min: 200, max: 3_000 }),
  afterMs: fc.integer({ min: 200, max: 3_500 }),
});
const jobId = fc.constantFrom(...Object.keys(STORY_JOBS));
const ordered = fc.record({ ...common, kind: fc.constantFrom('trigger', 'cancel', 'edit', 'deafen'), jobId });
const locked = fc.record({
  ...common,
  kind: fc.constantFrom('lockCursor', 'lockConfig', 'lockRow', 'lockRecord'),
  forMs: fc.nat(12_000),
  jobId: fc.oneof(jobId, fc.constant(ALL)),
});
/** The database cannot be told of an outage before the next one begins, and nobody sees to what comes due in between. */
const untold = fc.record({
  ...common,
  kind: fc.constantFrom('untold', 'untoldAndKill'),
  forMs: fc.integer({ min: 1_000, max: 6_000 }),
  afterMs: fc.nat(2_500),
});
const refused = fc.record({ ...common, kind: fc.constant('refuse'), forMs: fc.nat(9_000), jobId });
const ended = fc.record({ ...common, kind: fc.constantFrom('kill', 'stop') });

export interface Step {
  readonly kind: string;
  readonly afterMs: number;
  readonly by: number;
  readonly forMs: number;
  readonly call?: string;
  readonly jobId?: string;
}

export interface Setting {
  readonly outagePolicy: JobConfig['outagePolicy'];
  readonly replicas: number;
  readonly maxConcurrentRuns: number;
}

export const story: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { arbitrary: disturbed, weight: 5 },
    { arbitrary: away, weight: 2 },
    { arbitrary: flapping, weight: 3 },
    { arbitrary: ordered, weight: 2 },
    { arbitrary: locked, weight: 2 },
    { arbitrary: untold, weight: 1 },
    { arbitrary: refused, weight: 1 },
    { arbitrary: ended, weight: 1 },
  ),
  { minLength: 20, maxLength: 40, size: 'max' },
);

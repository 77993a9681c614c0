/**
 * The jobs of a chaos run, as rows. Pure. Invariant: the same seed and number give the same jobs; most fire every second
 * and do nothing, the rest misbehave in every way that the module knows.
 */
import { DEFAULT_POLICIES, type JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { type Herd, herdOf, makeHerd } from './herd.ts';
import { type JobSpan, spanOf } from './job-span.ts';
import { KEPT_DAYS } from './past-history.ts';
import { PRUNER } from './rules/pruning.ts';
import { SeededRandom } from './seeded-random.ts';

export interface ChaosJob {
  readonly spec: JobSpec;
  /** What is done to it while it runs. */
  readonly role: 'watched' | 'edited' | 'triggered' | 'restless' | 'paused' | 'steered';
  readonly isLedgered: boolean;
  readonly span?: JobSpan;
}

type Shape = Partial<JobSpec> & Partial<Pick<ChaosJob, 'isLedgered' | 'span'>> & { readonly handler: string };

const EVERY_SECOND = '* * * * * *';
/** Where nobody says how large the herd is. */
const LEAST_HERD = 32;

/** Beside the plain ones. */
const SHAPES: readonly Shape[] = [
  { handler: 'chaos.slow', overlapPolicy: 'skip' },
  { handler: 'chaos.slow', overlapPolicy: 'queueOne', cronExpression: '*/2 * * * * *' },
  { handler: 'chaos.slow', overlapPolicy: 'queueAll', cronExpression: '*/5 * * * * *' },
  { handler: 'chaos.patient', overlapPolicy: 'allow', cronExpression: '*/6 * * * * *' },
  { handler: 'chaos.fails', maxAttempts: 3, retryBackoffMs: 200 },
  { handler: 'chaos.slow', overlapPolicy: 'cancelPrevious', cronExpression: '*/3 * * * * *' },
  { handler: 'chaos.slow', overlapPolicy: 'allow', maxConcurrentRuns: 2 },
  { handler: 'chaos.slow', onLost: 'retry', maxAttempts: 2 },
  { handler: 'chaos.tick', outagePolicy: 'run' },
  { handler: 'chaos.chatty', cronExpression: '*/2 * * * * *' },
  { handler: 'chaos.stubborn', timeoutMs: 1_500 },
  { handler: 'chaos.slow', outagePolicy: 'run', cronExpression: '*/3 * * * * *' },
  { handler: 'chaos.slow', overlapPolicy: 'allow' },
  { handler: 'chaos.slow', misfirePolicy: 'all', catchUpLimit: 20, cronExpression: '*/5 * * * * *' },
  { handler: 'chaos.tick', jitterMs: 700 },
  { handler: 'chaos.slow', misfirePolicy: 'all', overlapPolicy: 'queueOne', cronExpression: '*/10 * * * * *' },
  { handler: 'chaos.tick', misfireGraceMs: 12_000 },
  { handler: 'chaos.tick', span: { startShare: 0.3 } },
  { handler: 'chaos.stubborn', overlapPolicy: 'skip', misfirePolicy: 'skip' },
  { handler: 'chaos.slow', misfirePolicy: 'all', overlapPolicy: 'queueAll', cronExpression: '*/12 * * * * *' },
  { handler: 'chaos.tick', misfirePolicy: 'all', span: { endShare: 0.6 } },
  { handler: 'chaos.tick', misfirePolicy: 'all', misfireGraceMs: 15_000, overlapPolicy: 'allow' },
  { handler: 'chaos.fails', maxAttempts: 4, retryBackoffMs: 1_000, retryBackoffMax: 3_000, overlapPolicy: 'allow' },
  { handler: 'chaos.fails', onLost: 'retry', maxAttempts: 2 },
  { handler: 'chaos.hangs', timeoutMs: 800, maxAttempts: 2, retryBackoffMs: 300, cronExpression: '*/4 * * * * *' },
  { handler: 'chaos.stubborn', overlapPolicy: 'cancelPrevious', cronExpression: '*/2 * * * * *' },
  { handler: 'chaos.stubborn', overlapPolicy: 'queueAll', maxAttempts: 2, cronExpression: '*/6 * * * * *' },
  { handler: 'chaos.slow', misfirePolicy: 'all', overlapPolicy: 'cancelPrevious', cronExpression: '*/10 * * * * *' },
  { handler: 'chaos.tick', misfirePolicy: 'all', catchUpLimit: 4, jitterMs: 1_500, cronExpression: '*/3 * * * * *' },
  { handler: 'chaos.slow', cronExpression: '*/2 * * * * *', span: { startShare: 0.2, endShare: 0.7 } },
  { handler: 'chaos.slow', misfirePolicy: 'skip', misfireGraceMs: 20_000, overlapPolicy: 'queueOne' },
  { handler: 'chaos.throws-odd' },
  { handler: 'chaos.throws-at-once', maxAttempts: 2, retryBackoffMs: 0 },
  { handler: 'chaos.rejects-behind' },
  { handler: 'chaos.hangs', timeoutMs: 2_000, cronExpression: '*/3 * * * * *' },
  { handler: 'chaos.blocks', cronExpression: '*/20 * * * * *' },
  { handler: 'chaos.exits', onLost: 'retry', cronExpression: '*/5 * * * * *' },
  { handler: 'chaos.slow', overlapPolicy: 'queueOne', onLost: 'retry', cronExpression: '*/4 * * * * *' },
  { handler: 'chaos.hostile-message', cronExpression: '*/4 * * * * *' },
  { handler: 'chaos.hostile-result', cronExpression: '*/4 * * * * *' },
  { handler: 'chaos.poisoned', jobKwargs: { poison: 'throw' }, isLedgered: false },
  { handler: 'chaos.poisoned', jobKwargs: { poison: 'hang' }, timeoutMs: 1_000, isLedgered: false },
  { handler: 'chaos.poisoned', jobKwargs: { poison: 'refuse' }, isLedgered: false },
  { handler: 'chaos.newer' },
];
/** Every run has one. */
const PRUNING: Shape = {
  handler: PRUNER,
  cronExpression: '*/10 * * * * *',
  jobKwargs: { olderThan: `${KEPT_DAYS}d` },
  isLedgered: false,
};

/** So many there are whose configuration changes. */
const STEERED = 4;

/** `count` jobs of every kind, the herd and those that are steered beside them. */
export function makeJobs(seed: number, count: number, herd: Herd = usualHerd(count)): ChaosJob[] {
  return [...makeMixed(seed, count), ...makeSteered(), ...makeHerd(seed, herd)];
}

/** Those that have a start or an end of their own have it. @param fromMs when the attack begins, or somewhat before */
export function spanned(jobs: readonly ChaosJob[], fromMs: number, attackMs: number): ChaosJob[] {
  return jobs.map((job) =>
    job.span === undefined ? job : { ...job, spec: { ...job.spec, ...spanOf(job.span, fromMs, attackMs) } },
  );
}

/** A quarter as many as there are other jobs. */
export function usualHerd(count: number): Herd {
  return herdOf(Math.max(LEAST_HERD, Math.floor(count / 4)));
}

/** Their runs have the version of their configuration among their arguments. */
function makeSteered(): ChaosJob[] {
  return Array.from({ length: STEERED }, (_, at) => {
    const handler = at % 2 === 0 ? 'chaos.tick' : 'chaos.slow';
    const shape = { handler, jobKwargs: { version: 0 } };
    return { spec: specOf(`steered-${at}.${handler}`, shape), role: 'steered', isLedgered: true };
  });
}

function specOf(jobId: string, policies: Partial<JobSpec>): JobSpec {
  return {
    ...DEFAULT_POLICIES,
    outagePolicy: 'hold',
    jobId,
    jobName: jobId,
    cronExpression: EVERY_SECOND,
    dialect: 'unix',
    timezone: 'UTC',
    ...policies,
  };
}

function makeMixed(seed: number, count: number): ChaosJob[] {
  const random = SeededRandom.of(seed, 'jobs');
  // Where there are fewer jobs than kinds, another seed has others.
  const first = random.between(0, SHAPES.length - 1);
  return Array.from({ length: count }, (_, at) => {
    // Two of five misbehave, each kind in its turn; the last one prunes.
    const isLast = at === count - 1;
    const shape = isLast
      ? PRUNING
      : at % 5 < 2
        ? SHAPES[(first + Math.floor(at / 5) * 2 + (at % 5)) % SHAPES.length]!
        : plain(random);
    // 2, 3, 4, 7, 8, 9, 12 … are the plain ones.
    const role = isLast || at % 5 < 2 ? 'watched' : ROLES[(Math.floor(at / 5) * 3 + (at % 5) - 2) % ROLES.length]!;
    const { isLedgered = true, span, ...policies } = shape;
    const spec = specOf(`job-${String(at).padStart(3, '0')}.${shape.handler}`, policies);
    return { spec, role, isLedgered, ...(span === undefined ? {} : { span }) };
  });
}

const ROLES = ['edited', 'triggered', 'restless', 'watched', 'paused'] as const;

function plain(random: SeededRandom): Shape {
  return {
    handler: 'chaos.tick',
    misfirePolicy: random.pick(['once', 'once', 'skip', 'all']),
    overlapPolicy: random.pick(['skip', 'skip', 'allow']),
    outagePolicy: random.pick(['hold', 'hold', 'auto']),
    cronExpression: random.pick([EVERY_SECOND, EVERY_SECOND, '@every 1s', '*/2 * * * * *']),
  };
}

/** Rows that only SQL can write, and that nothing can run. */
export function badRow(random: SeededRandom, number: number): Readonly<Record<string, string>> {
  const row = { job_id: `bad-${number}`, job_name: 'Bad', cron_expression: EVERY_SECOND, dialect: 'unix' };
  return random.pick([
    { ...row, cron_expression: 'every now and then' },
    { ...row, cron_expression: '99 99 99 99 99' },
    { ...row, cron_expression: '0 0 31 2 *', handler: 'chaos.tick' },
    { ...row, cron_expression: 'x'.repeat(100_000), handler: 'chaos.tick' },
    { ...row, timezone: 'Mars/Olympus_Mons', handler: 'chaos.tick' },
    { ...row, handler: 'chaos.unheard-of' },
    { ...row, handler: '__proto__' },
    { ...row, job_id: `bad ${number} \u202E/../` },
    { ...row, handler: 'chaos.poisoned', job_kwargs: '{"__proto__": {"poison": "throw"}, "poison": "refuse"}' },
  ]);
}

/**
 * Stories of whole engines over one store in virtual time: jobs of every policy, and faults, edits, triggers, cancellations,
 * stops and kills among them. Invariant: a story is told alike each time, so that one that goes wrong can be made smaller.
 */
import fc from 'fast-check';
import { stableHash } from '../../src/modules/foundation/domain/cron/stable-hash.ts';
import { DatabaseUnavailableError } from '../../src/modules/foundation/domain/errors.ts';
import type { JobConfig } from '../../src/modules/foundation/domain/job-config.ts';
import type { JobContext, JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, type Engine, newStore } from './engine.ts';
import type { InMemoryStore } from './in-memory-store.ts';

const HERD = 21;
/** All that was due before the last of it has been told, or has run, by then. */
const QUIET_MS = 90_000;
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
const awayMs = fc.oneof(fc.nat(3_000), fc.nat(35_000));
const away = fc.record({ ...common, kind: fc.constantFrom('away', 'awayForAll'), forMs: awayMs });
const jobId = fc.constantFrom(...Object.keys(STORY_JOBS));
const ordered = fc.record({ ...common, kind: fc.constantFrom('trigger', 'cancel', 'edit', 'deafen'), jobId });
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

/** What ran without the database is not known to others: only where nothing does may a process end. */
export function storyOf({ outagePolicy }: Setting): fc.Arbitrary<Step[]> {
  const more = outagePolicy === 'hold' ? [{ arbitrary: ended, weight: 1 }] : [];
  return fc.array(
    fc.oneof(
      { arbitrary: disturbed, weight: 5 },
      { arbitrary: away, weight: 2 },
      { arbitrary: ordered, weight: 2 },
      ...more,
    ),
    { minLength: 20, maxLength: 40, size: 'max' },
  );
}

export interface Start {
  readonly key: string;
  readonly jobId: string;
  readonly executionId: string;
  readonly atMs: number;
  endedAtMs: number;
}

export interface History {
  readonly store: InMemoryStore;
  readonly starts: readonly Start[];
  readonly beganAt: number;
}

export class EngineStory {
  readonly #setting: Setting;
  readonly #store = newStore();
  readonly #starts: Start[] = [];
  readonly #engines: Engine[] = [];

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** Tells all of it, and lets what it began come to its end. */
  async tell(steps: readonly Step[]): Promise<History> {
    const store = this.#store;
    const beganAt = store.now();
    for (const [id, edit] of Object.entries(STORY_JOBS))
      store.save(id, { handler: 'work', outagePolicy: this.#setting.outagePolicy, ...edit });
    for (let at = 0; at < this.#setting.replicas; at += 1) await this.#boot();
    for (const [at, step] of steps.entries()) {
      await this.#take(step, at);
      await store.time.advance(step.afterMs);
    }
    store.isAway = false;
    store.isFeedAlive = true;
    for (const { link } of this.#engines) link.isAway = false;
    await store.time.advance(QUIET_MS);
    return { store, starts: this.#starts, beganAt };
  }

  async #boot(): Promise<void> {
    const store = this.#store;
    const isDead = (): boolean => engine.link.isDead;
    const work: JobFunction = (_kwargs, context) => (isDead() ? undefined : this.#work(context));
    const { maxConcurrentRuns } = this.#setting;
    const engine = createEngine({ store, jobs: { work }, maxConcurrentRuns });
    this.#engines.push(engine);
    await engine.start();
  }

  async #work({ attempt, executionId, idempotencyKey, jobId, signal }: JobContext): Promise<void> {
    const { time } = this.#store;
    const key = `${idempotencyKey}#${attempt}`;
    const start: Start = { key, jobId, executionId, atMs: time.monotonicMs(), endedAtMs: Number.POSITIVE_INFINITY };
    this.#starts.push(start);
    const lastsMs = Math.max(0, (stableHash(key) % 5_000) - 2_500);
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    if (lastsMs > 0) await Promise.race([time.pass(lastsMs), aborted]);
    start.endedAtMs = time.monotonicMs();
    if (stableHash(`${key} fails`) % 20 === 0) throw new Error('It broke.');
  }

  async #take(step: Step, at: number): Promise<void> {
    const engine = this.#engines[step.by % this.#engines.length]!;
    if (step.call !== undefined) this.#disturb(engine, step, step.call);
    else if (step.jobId !== undefined) this.#order(step, step.jobId, at);
    else if (step.kind === 'kill' || step.kind === 'stop') await this.#end(engine, step);
    else {
      const cut = step.kind === 'away' ? engine.link : this.#store;
      cut.isAway = true;
      void this.#store.time.pass(step.forMs).then(() => (cut.isAway = false));
    }
  }

  #disturb({ link }: Engine, { kind, forMs }: Step, name: string): void {
    if (kind === 'lose') return link.loseAnswer(name);
    if (kind === 'fail') return link.failNext(name, new DatabaseUnavailableError('It never arrived.'));
    void this.#store.time.pass(forMs).then(kind === 'hold' ? link.holdNext(name) : link.holdAnswer(name));
  }

  #order({ kind }: Step, job: string, at: number): void {
    const store = this.#store;
    if (kind === 'trigger') store.trigger(job, `by-hand-${at}`);
    else if (kind === 'deafen') store.isFeedAlive = !store.isFeedAlive;
    else if (kind === 'edit') store.save('edited', { cronExpression: `*/${2 + (at % 5)} * * * * *` });
    else for (const { id, status } of store.runsOf(job)) if (status === 'RUNNING') store.cancel(id, 'Not wanted.');
  }

  async #end(engine: Engine, { kind, forMs }: Step): Promise<void> {
    this.#engines.splice(this.#engines.indexOf(engine), 1);
    if (kind === 'kill') engine.kill();
    else void engine.stop().catch(() => {});
    await this.#store.time.advance(forMs);
    await this.#boot();
  }
}

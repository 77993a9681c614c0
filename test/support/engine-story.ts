/**
 * Stories of whole engines over one store in virtual time: jobs of every policy, and faults, edits, triggers, cancellations,
 * stops and kills among them. Invariant: a story is told alike each time, so that one that goes wrong can be made smaller.
 */
import { stableHash } from '../../src/modules/foundation/domain/cron/stable-hash.ts';
import { DatabaseUnavailableError } from '../../src/modules/foundation/domain/errors.ts';
import type { JobContext, JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, type Engine, newStore } from './engine.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import { ALL, type Setting, type Step, STORY_JOBS } from './story-steps.ts';

/** All that was due before the last of it has been told, or has run, by then. */
const QUIET_MS = 90_000;

export interface Start {
  readonly engineId: string;
  readonly key: string;
  /** False: it began without the database. */
  readonly isClaimed: boolean;
  readonly jobId: string;
  readonly executionId: string;
  readonly atMs: number;
  endedAtMs: number;
}

export interface History {
  readonly store: InMemoryStore;
  readonly starts: readonly Start[];
  readonly beganAt: number;
  readonly setting: Setting;
}

export class EngineStory {
  readonly #setting: Setting;
  readonly #store = newStore();
  readonly #starts: Start[] = [];
  readonly #engines: Engine[] = [];
  #booted = 0;

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
    store.held.release();
    store.refusesOutage = () => false;
    store.isAway = false;
    store.isFeedAlive = true;
    for (const { link } of this.#engines) link.isAway = false;
    await store.time.advance(QUIET_MS);
    return { store, starts: this.#starts, beganAt, setting: this.#setting };
  }

  async #boot(): Promise<void> {
    const store = this.#store;
    const isDead = (): boolean => engine.link.isDead;
    const work: JobFunction = (_kwargs, context) => (isDead() ? undefined : this.#work(engine, context));
    const { maxConcurrentRuns } = this.#setting;
    this.#booted += 1;
    const engine = createEngine({ store, id: `replica-${this.#booted}`, jobs: { work }, maxConcurrentRuns });
    this.#engines.push(engine);
    await engine.start();
  }

  async #work({ wired: { lease } }: Engine, context: JobContext): Promise<void> {
    const { attempt, executionId, idempotencyKey, jobId, signal } = context;
    const { time } = this.#store;
    const key = `${idempotencyKey}#${attempt}`;
    const start: Start = {
      ...{ engineId: lease.instanceId, key, jobId, executionId, isClaimed: !lease.isSuspended },
      ...{ atMs: time.monotonicMs(), endedAtMs: Number.POSITIVE_INFINITY },
    };
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
    else if (step.kind.startsWith('lock')) this.#lock(step, step.jobId!);
    else if (step.kind.startsWith('untold')) await this.#keepUntold(engine, step);
    else if (step.kind === 'refuse') this.#refuse(engine, step, step.jobId!);
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

  /** Somebody holds rows: of a job, or of all. */
  #lock({ kind, forMs }: Step, job: string): void {
    const { held, executions, time } = this.#store;
    const jobIds = job === ALL ? Object.keys(STORY_JOBS) : [job];
    const running = [...executions.values()].filter(
      ({ status, jobId }) => status === 'RUNNING' && jobIds.includes(jobId),
    );
    const taken = [
      ...(kind === 'lockRecord' ? running.map(({ id }) => [held.records, id] as const) : []),
      ...(kind === 'lockCursor' || kind === 'lockRow' ? jobIds.map((id) => [held.cursors, id] as const) : []),
      ...(kind === 'lockConfig' || kind === 'lockRow' ? jobIds.map((id) => [held.configs, id] as const) : []),
    ];
    for (const [rows, id] of taken) rows.add(id);
    void time.pass(forMs).then(() => taken.forEach(([rows, id]) => rows.delete(id)));
  }

  /** While one comes back somebody holds the cursors; it is away again soon after, and another may have been killed by then. */
  async #keepUntold(engine: Engine, { kind, forMs, afterMs }: Step): Promise<void> {
    const { link } = engine;
    const { time } = this.#store;
    link.isAway = true;
    await time.advance(forMs);
    this.#lock({ kind: 'lockCursor', afterMs, forMs: 1_500, by: 0 }, ALL);
    link.isAway = false;
    await time.advance(1_500 + afterMs);
    const other = kind === 'untoldAndKill' ? this.#engines.find((one) => one !== engine) : undefined;
    other?.kill();
    await time.advance(350);
    this.#store.isAway = true;
    void time.pass(4_000).then(() => (this.#store.isAway = false));
    if (other === undefined) return;
    this.#engines.splice(this.#engines.indexOf(other), 1);
    await this.#boot();
  }

  /** What one replica says of a job is refused, what another says is not. */
  #refuse({ wired: { lease } }: Engine, { forMs }: Step, job: string): void {
    const store = this.#store;
    store.refusesOutage = ({ config }, instanceId) => config.jobId === job && instanceId === lease.instanceId;
    void store.time.pass(forMs).then(() => (store.refusesOutage = () => false));
  }

  /** Whoever holds what it would change has it wait: it does not come. */
  #order({ kind }: Step, job: string, at: number): void {
    const store = this.#store;
    const { configs, cursors, records } = store.held;
    if (kind === 'deafen') store.isFeedAlive = !store.isFeedAlive;
    else if (kind === 'trigger' && !configs.has(job)) store.trigger(job, `by-hand-${at}`);
    else if (kind === 'edit' && !configs.has('edited') && !cursors.has('edited'))
      store.save('edited', { cronExpression: `*/${2 + (at % 5)} * * * * *` });
    else if (kind === 'cancel')
      for (const { id } of store.runsOf(job)) if (!records.has(id)) store.cancel(id, 'Not wanted.');
  }

  async #end(engine: Engine, { kind, forMs }: Step): Promise<void> {
    this.#engines.splice(this.#engines.indexOf(engine), 1);
    if (kind === 'kill') engine.kill();
    else void engine.stop().catch(() => {});
    await this.#store.time.advance(forMs);
    await this.#boot();
  }
}

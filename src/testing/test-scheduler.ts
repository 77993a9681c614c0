/**
 * A scheduler for tests: its time stands still until it is told to go on, its replicas share a store in memory, and each of
 * them and the store itself can fail. The engine is the service's own; only what it stands on is replaced.
 *
 * Invariant: when a method has resolved, everything that was due has run and come to rest, except runs that wait for time
 * to pass or that hang.
 */
import { mergeRegistries, type ModuleRegistries } from '../main/modules.ts';
import type { RecordedEvent } from '../modules/foundation/application/ports/event-ledger.ts';
import type { JobPatch } from '../modules/foundation/application/job-admin.ts';
import type { Backfill, BackfillRequest } from '../modules/foundation/application/job-backfill.ts';
import type { JobRegistry, JsonObject } from '../modules/foundation/domain/job-definition.ts';
import type { Execution } from '../modules/foundation/domain/run.ts';
import { parseSchedule } from '../modules/foundation/domain/schedule.ts';
import { createEngine, type Engine, newStore } from './engine.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import { settle } from './manual-time.ts';
import { PlannedFaults } from './planned-faults.ts';
import { replicaOf, type TestReplica } from './test-replica.ts';

/** Before anything is due time passes so long in order: the processes renew their leases and read what is new. */
const STEP_MS = 30_000;
/** Who orders it, in the ledger. */
const ACTOR = 'test';

export interface TestSchedulerOptions {
  /** Your modules, as the service gets them; or their functions alone. */
  readonly modules?: ModuleRegistries;
  readonly jobs?: JobRegistry;
  /** IANA name: of jobs that name none, and of wall times given to `advanceTo`. Default UTC. */
  readonly timezone?: string;
  /** An instant, or a wall time in the zone. Default 2026-01-02T00:00, a Friday. */
  readonly startAt?: Date | string;
  /** Processes over one store. Default 1. */
  readonly replicas?: number;
}

/** What `PUT /admin/jobs/:jobId` takes; the name may be left out. */
export type TestJob = { readonly jobId: string; readonly cronExpression: string } & JobPatch;

/** What `POST /admin/jobs/:jobId/backfill` takes; instants, or wall times in the zone. */
export type TestBackfill = Omit<BackfillRequest, 'from' | 'to'> & Record<'from' | 'to', Date | string>;

export interface NextRun {
  readonly jobId: string;
  readonly at: Date;
}

export class TestScheduler {
  readonly replicas: TestReplica[] = [];
  readonly #store: InMemoryStore;
  readonly #options: TestSchedulerOptions;
  readonly #faults = new PlannedFaults();
  readonly #engines: Engine[] = [];

  constructor(options: TestSchedulerOptions) {
    this.#options = options;
    this.#store = newStore(this.#instant(options.startAt ?? '2026-01-02T00:00').toISOString());
  }

  get now(): Date {
    return new Date(this.#store.now());
  }

  /** One more process, as a deployment would start it. */
  async addReplica(): Promise<TestReplica> {
    const { modules = {}, jobs = {}, timezone = 'UTC' } = this.#options;
    const wrapped = Object.entries({ ...modules, test: jobs }).map(([name, registry]) => [
      name,
      this.#faults.wrap(registry),
    ]);
    const registry = mergeRegistries(Object.fromEntries(wrapped) as ModuleRegistries);
    const engine = createEngine({ store: this.#store, registry, timezone });
    await engine.start();
    const replica = replicaOf(engine);
    this.#engines.push(engine);
    this.replicas.push(replica);
    return replica;
  }

  /** Creates or replaces a job, checked as the API does. @throws InvalidJobError */
  async save({ jobId, ...draft }: TestJob): Promise<void> {
    const precondition = this.#store.configs.has(jobId) ? { ifMatch: '*' as const } : {};
    await this.#wired().jobAdmin.put(jobId, { jobName: jobId, ...draft }, { actor: ACTOR, precondition });
    await settle();
  }

  /** Takes the job away, and what waits of it; its history stays. @throws JobNotFoundError */
  async delete(jobId: string): Promise<void> {
    await this.#wired().removal.remove(jobId, { actor: ACTOR, precondition: {} });
    await settle();
  }

  /** Holds its schedule, until somebody resumes it or until an instant. @throws JobNotFoundError, InvalidInputError */
  async pause(jobId: string, { reason, until }: { reason?: string; until?: Date | string } = {}): Promise<void> {
    const order = { ...(reason && { reason }), ...(until && { until: this.#instant(until) }) };
    await this.#wired().pausing.pause(jobId, { actor: ACTOR, ...order });
    await settle();
  }

  /** What fell into the pause is left out, unless it is to be caught up with. @throws JobNotFoundError */
  async resume(jobId: string, { catchUp = false } = {}): Promise<void> {
    await this.#wired().pausing.resume(jobId, { actor: ACTOR, catchUp });
    await this.advanceBy(0);
  }

  /** Starts it now, whatever its schedule says. @returns the execution's id @throws JobNotFoundError, InvalidJobError */
  async trigger(jobId: string, jobKwargs?: JsonObject): Promise<string> {
    const order = { actor: ACTOR, ...(jobKwargs === undefined ? {} : { jobKwargs }) };
    const { id } = await this.#wired().jobAdmin.trigger(jobId, order);
    await this.advanceBy(0);
    return id;
  }

  /** Aborts a run that goes on, or takes away one that waits. @throws ExecutionNotFoundError, ExecutionStateError */
  async cancel(executionId: string, order: { reason?: string } = {}): Promise<void> {
    await this.#wired().runAdmin.cancel(executionId, { actor: ACTOR, ...order });
    await this.advanceBy(0);
  }

  /**
   * Runs again, as the next attempt, what has ended. @returns the new execution's id
   * @throws ExecutionNotFoundError, ExecutionStateError, JobNotFoundError, InvalidJobError
   */
  async retry(executionId: string, order: { reason?: string } = {}): Promise<string> {
    const { id } = await this.#wired().runAdmin.retry(executionId, { actor: ACTOR, ...order });
    await this.advanceBy(0);
    return id;
  }

  /** Runs occurrences that have passed, oldest first; or says which. @throws JobNotFoundError, InvalidInputError */
  async backfill(jobId: string, { from, to, ...request }: TestBackfill): Promise<Backfill> {
    const range = { from: this.#instant(from), to: this.#instant(to) };
    const backfill = await this.#wired().backfill.run(jobId, { ...range, ...request }, { actor: ACTOR });
    await this.advanceBy(0);
    return backfill;
  }

  /** @param ms milliseconds, 0 or more */
  async advanceBy(ms: number): Promise<void> {
    const endsAt = this.#store.now() + ms;
    for (let left = ms; left > 0; left = endsAt - this.#store.now()) {
      this.#store.time.leap(this.#idleMs(left));
      await this.#store.time.advance(Math.min(STEP_MS, endsAt - this.#store.now()));
    }
    await settle();
  }

  /** @param at an instant, or a wall time in the zone: `2026-02-01T09:00`; not in the past */
  async advanceTo(at: Date | string): Promise<void> {
    const ms = this.#instant(at).getTime() - this.#store.now();
    if (!(ms >= 0))
      throw new RangeError(`It is ${this.now.toISOString()} already; time does not go back to ${String(at)}.`);
    await this.advanceBy(ms);
  }

  /** Executions in the order they were started, of one job or of all. */
  runs(jobId?: string): Execution[] {
    return [...this.#store.executions.values()].filter((run) => jobId === undefined || run.jobId === jobId);
  }

  /** The ledger, oldest first: why something did not run. */
  events(jobId?: string): RecordedEvent[] {
    return this.#store.events.filter((event) => jobId === undefined || event.jobId === jobId);
  }

  /** The next occurrence of each job that has one, the soonest first. */
  nextRuns(): NextRun[] {
    return [...this.#store.cursors.values()]
      .flatMap(({ jobId, nextFireAt }) => (nextFireAt instanceof Date ? [{ jobId, at: nextFireAt }] : []))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** The next run of the job that starts throws this. */
  failNext(jobId: string, error: unknown = new Error('planned by the test')): void {
    this.#faults.add(jobId, { kind: 'fails', error });
  }

  /** The next run of the job that starts never ends by itself. */
  hangNext(jobId: string): void {
    this.#faults.add(jobId, { kind: 'hangs' });
  }

  /** The store is away for all, as a database is, or is back. */
  set isDatabaseAway(isAway: boolean) {
    this.#store.isAway = isAway;
  }

  /** Ends every process that is left. Nothing of it outlives a test that forgets this: it holds no timer and no socket. */
  async stop(): Promise<void> {
    await Promise.all(this.#engines.filter(({ link }) => !link.isDead).map((engine) => engine.stop()));
  }

  /** For how long nothing would happen but the processes' own housekeeping: months are not walked through beat by beat. */
  #idleMs(limit: number): number {
    const now = this.#store.now();
    const isBusy = this.runs().some(({ status }) => status === 'RUNNING') || this.#store.pending.size > 0;
    if (isBusy || this.#store.isAway || this.#engines.some(({ link }) => link.isAway)) return 0;
    let untilMs = limit;
    for (const { jobId, nextFireAt } of this.#store.cursors.values()) {
      const { pausedAt, pausedUntil } = this.#store.configs.get(jobId)!;
      const at = pausedAt === null ? nextFireAt : (pausedUntil ?? 'paused');
      if (at === 'unarmed') return 0;
      if (at instanceof Date) untilMs = Math.min(untilMs, at.getTime() - now);
    }
    return Math.max(0, untilMs - STEP_MS);
  }

  /** Of the first process that could be asked. */
  #wired(): Engine['wired'] {
    const engine = this.#engines.find(({ link }) => !link.isDead && !link.isAway);
    if (engine === undefined) throw new Error('No replica is left that could be asked.');
    return engine.wired;
  }

  #instant(at: Date | string): Date {
    if (at instanceof Date) return at;
    const { timezone = 'UTC' } = this.#options;
    const next = parseSchedule({ text: `@at ${at}`, dialect: 'unix', timezone }).next(0);
    return new Date(next ?? Number.NaN);
  }
}

/** A scheduler with its replicas started, at `startAt`. @throws DuplicateJobError, ScheduleError */
export async function createTestScheduler(options: TestSchedulerOptions = {}): Promise<TestScheduler> {
  const scheduler = new TestScheduler(options);
  for (let n = 0; n < (options.replicas ?? 1); n += 1) await scheduler.addReplica();
  await scheduler.advanceBy(0);
  return scheduler;
}

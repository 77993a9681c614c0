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
import type { JobRegistry, JsonObject } from '../modules/foundation/domain/job-definition.ts';
import type { Execution } from '../modules/foundation/domain/run.ts';
import { parseSchedule } from '../modules/foundation/domain/schedule.ts';
import { createEngine, type Engine, newStore } from './engine.ts';
import type { LogLine } from './in-memory-logger.ts';
import type { InMemoryStore } from './in-memory-store.ts';
import { settle } from './manual-time.ts';
import { PlannedFaults } from './planned-faults.ts';

/** Before anything is due time passes so long in order: the processes renew their leases and read what is new. */
const STEP_MS = 30_000;

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

export interface NextRun {
  readonly jobId: string;
  readonly at: Date;
}

/** One process. */
export interface TestReplica {
  readonly id: string;
  readonly logs: readonly LogLine[];
  /** As `kill -9`: its runs are lost once its lease has ended, 15 s later. */
  kill(): void;
  /** Ends it in order: its runs are drained. */
  stop(): Promise<void>;
  /** Cuts it off from the store, and lets it back. */
  disconnect(): void;
  reconnect(): void;
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
    const { link, logger, wired } = engine;
    const replica = {
      id: wired.instance.id,
      logs: logger.lines,
      kill: () => engine.kill(),
      stop: () => engine.stop(),
      disconnect: () => void (link.isAway = true),
      reconnect: () => void (link.isAway = false),
    };
    this.#engines.push(engine);
    this.replicas.push(replica);
    return replica;
  }

  /** Creates or replaces a job, checked as the API does. @throws InvalidJobError */
  async save({ jobId, ...draft }: TestJob): Promise<void> {
    const precondition = this.#store.configs.has(jobId) ? { ifMatch: '*' as const } : {};
    await this.#admin().put(jobId, { jobName: jobId, ...draft }, { actor: 'test', precondition });
    await settle();
  }

  /** Starts it now, whatever its schedule says. @returns the execution's id @throws JobNotFoundError, InvalidJobError */
  async trigger(jobId: string, jobKwargs?: JsonObject): Promise<string> {
    const order = { actor: 'test', ...(jobKwargs === undefined ? {} : { jobKwargs }) };
    const { id } = await this.#admin().trigger(jobId, order);
    await this.advanceBy(0);
    return id;
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

  #admin(): Engine['wired']['jobAdmin'] {
    const engine = this.#engines.find(({ link }) => !link.isDead && !link.isAway);
    if (engine === undefined) throw new Error('No replica is left that could be asked.');
    return engine.wired.jobAdmin;
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

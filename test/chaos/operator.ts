/**
 * The orders that a person gives a running cluster: pause and resume, cancel, run again, triggers whose answer is lost.
 * Invariant: what was acknowledged is remembered with the time of its answer; a job is paused by one order at a time, and
 * none stays paused when `finish` has resolved.
 */
import type { AdminClient } from './admin-client.ts';
import { BriefJobs } from './brief-jobs.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import {
  type BackfillRecord,
  type BriefJob,
  type CancelRecord,
  occurrenceKey,
  type Orders,
  type PauseRecord,
  type RepeatedOrder,
} from './history.ts';
import type { TriggerRecord } from './history.ts';
import type { SeededRandom } from './seeded-random.ts';
import { machineNow } from './shifted-date.ts';

export interface OperatorDeps {
  readonly client: AdminClient;
  readonly database: ChaosDatabase;
  readonly random: SeededRandom;
}

/** Runs that take long enough to be cancelled. */
const LONG = 'chaos[.](slow|patient|stubborn|hangs)$';

/** An order with a key is asked for so often, whether it was answered or not. */
const REPEATS = 3;

export class Operator implements Orders {
  readonly pauses: PauseRecord[] = [];
  readonly cancels: CancelRecord[] = [];
  readonly repeated: RepeatedOrder[] = [];
  readonly retriedOccurrences = new Set<string>();
  readonly retries: TriggerRecord[] = [];
  readonly #brief: BriefJobs;
  readonly #deps: OperatorDeps;
  #count = 0;

  constructor(deps: OperatorDeps) {
    this.#deps = deps;
    this.#brief = new BriefJobs(deps.client, deps.random);
  }

  get briefJobs(): readonly BriefJob[] {
    return this.#brief.all;
  }

  get backfills(): readonly BackfillRecord[] {
    return this.#brief.backfills;
  }

  /** Makes, backfills or removes a job that does not stay. */
  async comeAndGo(): Promise<void> {
    await this.#brief.act();
  }

  /** Pauses a job that goes on, lets one go on that is paused. */
  async toggle(jobId: string): Promise<void> {
    const { random } = this.#deps;
    const last = this.pauses.findLast((record) => record.jobId === jobId);
    if (last?.order === 'pause') {
      await this.#order(jobId, random.chance(0.3) ? 'catchUp' : 'resume', null);
      return;
    }
    await this.#order(jobId, 'pause', random.chance(0.3) ? machineNow() + random.between(1_500, 9_000) : null);
  }

  async cancel(): Promise<void> {
    const { client, database } = this.#deps;
    const [run] = await database.ask(
      `select id, job_id from (
        select id, job_id from scheduler_execution_log where status = 'RUNNING'
        union all select id, job_id from scheduler_pending_run
      ) run where job_id ~ $1 order by random() limit 1`,
      [LONG],
    );
    if (run === undefined) return;
    const [executionId, jobId] = [String(run['id']), String(run['job_id'])];
    const response = await client.call({ method: 'POST', path: `/admin/executions/${executionId}/cancel`, body: {} });
    if (response?.status === 202) this.cancels.push({ jobId, executionId, answeredAtMs: machineNow() });
  }

  /** Runs an execution again that ended not long ago. */
  async retry(): Promise<void> {
    const { client, database } = this.#deps;
    const [run] = await database.ask(
      `select id, job_id, (extract(epoch from scheduled_at) * 1000)::float8 as scheduled from (
        select * from scheduler_execution_log where status <> 'RUNNING' and instance_id is not null and job_id like '%.chaos.%'
        order by started_at desc limit 200
      ) run order by random() limit 1`,
    );
    if (run === undefined) return;
    const jobId = String(run['job_id']);
    const askedAtMs = machineNow();
    // Where the answer is lost it may have been done all the same.
    this.retriedOccurrences.add(occurrenceKey({ jobId, scheduledAtMs: Number(run['scheduled']) }));
    const response = await client.call({ method: 'POST', path: `/admin/executions/${run['id']}/retry`, body: {} });
    if (response?.status !== 202) return;
    const { id } = (await response.json()) as { id: string };
    this.retries.push({ jobId, executionId: id, askedAtMs });
  }

  /**
   * Nobody waits for the answer: the run is started once or not at all. With an `Idempotency-Key` the same is asked again,
   * of whichever replica, until it is answered: it is started once all the same.
   */
  async triggerUnheard(jobId: string): Promise<void> {
    const { client, random } = this.#deps;
    this.#count += 1;
    const reason = `unheard order ${this.#count}`;
    const isKeyed = random.chance(0.5);
    this.repeated.push({ jobId, reason, allowed: 1 });
    const headers = isKeyed ? { 'idempotency-key': `order-${this.#count}` } : {};
    const order = { method: 'POST', path: `/admin/jobs/${jobId}/trigger`, body: { reason }, headers };
    await client.call({ ...order, giveUpAfterMs: random.between(1, 40) }).catch(() => null);
    const askedAtMs = machineNow();
    if (!isKeyed) return;
    for (let tries = 1; tries <= REPEATS; tries += 1) {
      const response = await client.call(order).catch(() => null);
      if (response?.status !== 202) continue;
      const { id } = (await response.json()) as { id: string };
      this.retries.push({ jobId, executionId: id, askedAtMs });
    }
  }

  /** Every job goes on that was told to pause. */
  async finish(): Promise<void> {
    const jobIds = new Set(this.pauses.map(({ jobId }) => jobId));
    for (const jobId of jobIds) {
      for (let tries = 1; tries <= 100 && this.#lastAcknowledged(jobId)?.order === 'pause'; tries += 1) {
        await this.#order(jobId, 'resume', null);
      }
    }
  }

  /** An order without an answer may have been followed: then it is as if nothing was acknowledged. */
  #lastAcknowledged(jobId: string): PauseRecord | undefined {
    const last = this.pauses.findLast((record) => record.jobId === jobId);
    return last === undefined || last.isAcknowledged ? last : { ...last, order: 'pause' };
  }

  async #order(jobId: string, order: PauseRecord['order'], untilMs: number | null): Promise<void> {
    const askedAtMs = machineNow();
    const isPause = order === 'pause';
    const until = untilMs === null ? {} : { until: new Date(untilMs).toISOString() };
    const body = isPause ? { reason: 'chaos', ...until } : { catchUp: order === 'catchUp' };
    const path = `/admin/jobs/${jobId}/${isPause ? 'pause' : 'resume'}`;
    const response = await this.#deps.client.call({ method: 'POST', path, body }).catch(() => null);
    const isAcknowledged = response?.ok === true;
    if (!isAcknowledged) await new Promise((resolve) => setTimeout(resolve, 100));
    this.pauses.push({ jobId, order, untilMs, askedAtMs, answeredAtMs: machineNow(), isAcknowledged });
  }
}

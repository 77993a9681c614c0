/**
 * Looks at what is RUNNING while the cluster is under attack, past every proxy. Owns its samples, and when they took so long
 * that the server, or the whole machine, was as good as away. Invariant: a sample is asked for once, and there is none of the
 * time in which the server was away.
 */
import type { ChaosDatabase } from './chaos-database.ts';
import type { Disturbance } from './history.ts';
import { machineNow } from './shifted-date.ts';

/** A record that is RUNNING although the lease of its holder has ended. */
export interface StaleRecord {
  readonly executionId: string;
  readonly jobId: string;
  /** The replica's incarnation, or the id of an instance that is unknown. */
  readonly holder: string;
  readonly leaseEndedAtMs: number;
}

/** By the database's clock. */
export interface RunningSample {
  readonly atMs: number;
  readonly stale: readonly StaleRecord[];
}

const SAMPLED_EVERY_MS = 1_500;
/** What a quiet machine answers in a few milliseconds. */
const TOO_LONG_MS = 1_000;

const ms = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::float8`;

/** One row at least: that it was asked. */
const TEXT = `
  select ${ms('clock.now')} as at, stale.* from (select clock_timestamp() as now) clock left join lateral (
    select run.id, run.job_id, coalesce(holder.hostname, run.instance_id) as holder,
      ${ms('coalesce(holder.expires_at, run.started_at)')} as ended
    from scheduler_execution_log run left join scheduler_instance holder on holder.id = run.instance_id
    where run.status = 'RUNNING' and coalesce(holder.expires_at, run.started_at) < clock.now
  ) stale on true`;

export class RunningWatch {
  readonly #database: Pick<ChaosDatabase, 'ask'>;
  readonly #samples: RunningSample[] = [];
  /** When nobody could count on an answer, fault or not. */
  readonly overloads: Disturbance[] = [];
  readonly #watching: Promise<void>;
  #isOver = false;

  /** From now on, until it is stopped. */
  constructor(database: Pick<ChaosDatabase, 'ask'>) {
    this.#database = database;
    this.#watching = this.#watch();
  }

  async stop(): Promise<readonly RunningSample[]> {
    this.#isOver = true;
    await this.#watching;
    return this.#samples;
  }

  async #watch(): Promise<void> {
    let dueAtMs = machineNow();
    while (!this.#isOver) {
      const rows = await this.#database.ask(TEXT).catch(() => []);
      const stale = rows
        .filter(({ id }) => id !== null)
        .map((row) => ({
          executionId: String(row['id']),
          jobId: String(row['job_id']),
          holder: String(row['holder']),
          leaseEndedAtMs: Number(row['ended']),
        }));
      if (rows.length > 0) this.#samples.push({ atMs: Number(rows[0]?.['at']), stale });
      if (machineNow() - dueAtMs > TOO_LONG_MS)
        this.overloads.push({ on: 'server', fromMs: dueAtMs, toMs: machineNow() });
      dueAtMs = machineNow() + SAMPLED_EVERY_MS;
      await new Promise((resolve) => setTimeout(resolve, SAMPLED_EVERY_MS));
    }
  }
}

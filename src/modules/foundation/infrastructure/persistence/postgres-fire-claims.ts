/**
 * Who starts which occurrence: the claiming statement, and the cursors it moves.
 *
 * States of a cursor. Unarmed (null): the configuration is new or its schedule changed, a trigger has set it so; `arm` sets
 * it for that revision. Armed (an instant): claimed when due, and moved on by the claim alone. Exhausted ('infinity').
 *
 * A claim is ONE statement (`fire-claim-statement.ts`).
 *
 * Invariants. A cursor never moves without its record, its pending run or its event: they commit together. Two claimers never have the same
 * cursor: it is locked, and afterwards it says something else. If a cursor is ever wrong (restored, edited by hand), the
 * unique key still allows one record an occurrence. A claimer with an outdated configuration has an outdated revision and
 * gets nothing, because every edit changes the cursor's revision in its own transaction.
 *
 * Failure modes. Somebody holds the record of a run that goes on, which the unique index of such records waits for: the claim is
 * sent again, and leaves the jobs out of which a run goes on. The answer is lost: the records stand, `getClaimed` finds them by their ids. The process dies after the
 * commit: the records are RUNNING without a lease, and are rescued. It dies before: nothing happened.
 */
import { type SQL, sql } from 'drizzle-orm';
import { and, eq } from 'drizzle-orm';
import type {
  ClaimedRun,
  ClaimOptions,
  ClaimResult,
  DueFire,
  FireClaims,
  FireCursor,
  OverduePage,
} from '../../application/ports/fire-claims.ts';
import { DatabaseBusyError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import type { Database } from './database.ts';
import { toExecution } from './execution-row.ts';
import { renderExpired } from './expired-event.ts';
import { type ClaimedRow, renderClaim } from './fire-claim-statement.ts';
import { schedulerExecutionLog } from './schema/runs.ts';
import {
  ENDS_IN_TIME,
  herdRows,
  inputList,
  NOW_ONCE,
  readCursorInstant,
  readInstant,
  readInstantOrNull,
} from './statement-input.ts';

/** So many claims are sent that way after one that had to wait: it asks once more for each occurrence. */
const CAREFUL_CLAIMS = 100;

export class PostgresFireClaims implements FireClaims {
  readonly #database: Database;
  #carefulClaims = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  async claim(instanceId: string, fires: readonly DueFire[], options: ClaimOptions = {}): Promise<ClaimResult> {
    if (fires.length === 0) return { runs: [], moved: new Set(), tick: 0 };
    const rows = await this.#claim((isCareful) => renderClaim(instanceId, fires, { ...options, isCareful }));
    const runs: ClaimedRun[] = [];
    const moved = new Set<string>();
    for (const row of rows) {
      const claimed = readClaimed(row);
      for (const fire of claimed.of(fires)) {
        if (row.is_moved) moved.add(fire.config.jobId);
        const run = row.is_started ? toRun(instanceId, claimed, fire) : null;
        if (run !== null) runs.push(run);
      }
    }
    return { runs, moved, tick: rows[0]?.tick ?? 0 };
  }

  async #claim(render: (isCareful: boolean) => SQL): Promise<ClaimedRow[]> {
    const isCareful = this.#carefulClaims > 0;
    if (isCareful) this.#carefulClaims -= 1;
    try {
      return await this.#database.rows<ClaimedRow>(render(isCareful));
    } catch (error) {
      if (isCareful || !(error instanceof DatabaseBusyError)) throw error;
      this.#carefulClaims = CAREFUL_CLAIMS;
      return await this.#database.rows<ClaimedRow>(render(true));
    }
  }

  async getClaimed(instanceId: string, runIds: readonly string[]): Promise<Run[]> {
    if (runIds.length === 0) return [];
    const { id, instanceId: holder, status } = schedulerExecutionLog;
    const rows = await this.#database.query((orm) =>
      orm
        .select()
        .from(schedulerExecutionLog)
        .where(and(sql`${id} in ${inputList('uuid', runIds)}`, eq(holder, instanceId), eq(status, 'RUNNING'))),
    );
    return rows.map(toExecution);
  }

  async getExclusive(instanceId: string, runIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.#database.rows<{ id: string }>(sql`
      select id from scheduler_execution_log
      where id in ${inputList('uuid', runIds)} and instance_id = ${instanceId} and status = 'RUNNING' and is_exclusive`);
    return new Set(rows.map(({ id }) => id));
  }

  /** Found by their job, as a claim finds them: of an edit of thousands at once the index of instants has them all unarmed. */
  async arm(cursors: readonly { jobId: string; revision: number; nextFireAt: Date | null }[]): Promise<Set<string>> {
    if (cursors.length === 0) return new Set();
    const rows = cursors.map(({ jobId, revision, nextFireAt }) => ({
      ...{ job_id: jobId, revision, next_fire_at: orNever(nextFireAt) },
    }));
    const columns = { own: { job_id: 'text', revision: 'bigint' }, shared: { next_fire_at: 'timestamptz' } };
    const armed = await this.#database.rows<{ job_id: string }>(sql`
      with unarmed as materialized (
        select input.job_id, input.next_fire_at, held.place
        from (select * from ${herdRows('input', columns, rows)} where ${ENDS_IN_TIME} order by job_id) input cross join lateral (
          select c.ctid as place from scheduler_job_cursor c
          where c.job_id = input.job_id and (c.next_fire_at is null) is true and c.revision = input.revision
          for update skip locked
        ) held
      ),
      ${renderExpired(sql`select job_id from unarmed where next_fire_at = 'infinity'`)}
      update scheduler_job_cursor c set next_fire_at = unarmed.next_fire_at from unarmed where c.ctid = unarmed.place
      returning c.job_id`);
    return new Set(armed.map((row) => row.job_id));
  }

  async getCursors(jobIds: readonly string[]): Promise<FireCursor[]> {
    if (jobIds.length === 0) return [];
    const which = inputList('text', jobIds);
    return this.#readCursors(sql`
      select job_id, revision, next_fire_at from scheduler_job_cursor where job_id in ${which}`);
  }

  async getDueOrUnarmed(limit: number): Promise<FireCursor[]> {
    return this.#readCursors(sql`
      select c.job_id, c.revision, c.next_fire_at
      from scheduler_job_cursor c join scheduler_job_config job using (job_id)
      where job.enabled and (c.next_fire_at <= ${NOW_ONCE} or c.next_fire_at is null)
        and (job.paused_at is null or job.paused_until <= clock_timestamp() or c.next_fire_at is null)
      order by c.next_fire_at nulls last, c.job_id limit ${limit}`);
  }

  async getOverdue(olderThanMs: number, { limit, after }: OverduePage): Promise<FireCursor[]> {
    const from = after?.nextFireAt instanceof Date ? after.nextFireAt.toISOString() : '-infinity';
    return this.#readCursors(sql`
      select job_id, revision, next_fire_at from scheduler_job_cursor
      where next_fire_at <= ${NOW_ONCE} - ${olderThanMs}::float8 * interval '1 millisecond'
        and (next_fire_at, job_id) > (${from}::timestamptz, ${after?.jobId ?? ''}) and not exists (
        select from scheduler_job_config job
        where job.job_id = scheduler_job_cursor.job_id and job.paused_at is not null
          and (job.paused_until is null or job.paused_until > clock_timestamp())
      )
      order by next_fire_at, job_id limit ${limit}`);
  }

  async #readCursors(statement: SQL): Promise<FireCursor[]> {
    const rows = await this.#database.rows<{ job_id: string; revision: number; next_fire_at: string | null }>(
      statement,
    );
    return rows.map((row) => ({
      jobId: row.job_id,
      revision: row.revision,
      nextFireAt: readCursorInstant(row.next_fire_at),
    }));
  }
}

interface Claimed {
  readonly claimedAt: Date;
  readonly lastSuccessAt: Date | null;
  of(fires: readonly DueFire[]): DueFire[];
}

function readClaimed(row: ClaimedRow): Claimed {
  const places = row.fires.slice(1, -1).split(',').map(Number);
  return {
    claimedAt: readInstant(row.claimed_at),
    lastSuccessAt: readInstantOrNull(row.last_success_at),
    of: (fires) => places.map((place) => fires[place]).filter((fire) => fire !== undefined),
  };
}

function toRun(instanceId: string, { claimedAt, lastSuccessAt }: Claimed, fire: DueFire): ClaimedRun | null {
  if (fire.run === null) return null;
  return {
    ...fire.run,
    jobId: fire.config.jobId,
    claimedAt,
    startedAt: claimedAt < fire.run.scheduledAt ? fire.run.scheduledAt : claimedAt,
    attempt: 1,
    maxAttempts: fire.config.maxAttempts,
    instanceId,
    jobKwargs: fire.config.jobKwargs,
    lastSuccessAt,
  };
}

function orNever(instant: Date | null): Date | 'infinity' {
  return instant ?? 'infinity';
}

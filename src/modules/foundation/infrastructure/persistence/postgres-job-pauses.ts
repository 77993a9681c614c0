/**
 * A job's pause, on its configuration.
 *
 * Invariants: a pause that is over keeps its instants in the row until the next one: what fell into it is told by the claim
 * that moves the cursor across it. Resuming to catch up forgets the pause, so that nothing stands between the cursor and
 * the misfire policy. The edit and its audit event are one statement.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { JobPauses, PauseOrder, ResumeOrder } from '../../application/ports/job-pauses.ts';
import type { JobConfig } from '../../domain/job-config.ts';
import type { Database } from './database.ts';
import { schedulerJobConfig } from './schema/jobs.ts';
import { decodeRow, ENDS_IN_TIME } from './statement-input.ts';

const isPausedNow = sql`before.paused_at is not null
        and (before.paused_until is null or before.paused_until > clock_timestamp())`;

export class PostgresJobPauses implements JobPauses {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async pause({ jobId, actor, reason, until }: PauseOrder): Promise<JobConfig | null> {
    const untilText = until?.toISOString() ?? null;
    return this.#edit(
      sql`paused_at = case when ${isPausedNow} then before.paused_at else clock_timestamp() end,
        paused_until = ${untilText}::timestamptz, pause_reason = ${reason}::text
        from before where job.job_id = before.job_id`,
      { jobId, actor, type: 'job.paused', reason, detail: { until: untilText } },
    );
  }

  async resume({ jobId, actor, catchUp }: ResumeOrder): Promise<JobConfig | null> {
    const edit = catchUp
      ? sql`paused_at = null, paused_until = null, pause_reason = null
        from before where job.job_id = before.job_id and before.paused_at is not null`
      : sql`paused_until = clock_timestamp() from before where job.job_id = before.job_id and ${isPausedNow}`;
    return this.#edit(edit, { jobId, actor, type: 'job.resumed', reason: null, detail: { catchUp } });
  }

  async #edit(edit: SQL, event: Audit): Promise<JobConfig | null> {
    const [row] = await this.#database.rows(renderEdit(edit, event));
    return row === undefined ? null : decodeRow(schedulerJobConfig, row);
  }
}

interface Audit {
  readonly jobId: string;
  readonly actor: string;
  readonly type: 'job.paused' | 'job.resumed';
  readonly reason: string | null;
  readonly detail: Record<string, unknown>;
}

function renderEdit(edit: SQL, { jobId, actor, type, reason, detail }: Audit): SQL {
  return sql`
    with before as materialized (
      select * from scheduler_job_config where job_id = ${jobId} and ${ENDS_IN_TIME} for update
    ),
    edited as (update scheduler_job_config job set ${edit} returning job.*),
    told as (
      insert into scheduler_event (type, job_id, reason, actor, detail)
      select ${type}, job_id, ${reason}::text, ${actor}::text, ${JSON.stringify(detail)}::jsonb from edited
    )
    select * from edited
    union all
    select * from before where not exists (select from edited)`;
}

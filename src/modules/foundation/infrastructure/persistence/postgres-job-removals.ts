/**
 * Deleting a job's row.
 *
 * Invariant: the deletion and its audit event (who, before; secrets masked) are one statement. What goes with the row, its due
 * occurrences and the runs that wait, is told by a trigger, so that a row deleted by plain SQL leaves the same trace.
 */
import { sql } from 'drizzle-orm';
import type { JobRemovals, Removal } from '../../application/ports/job-removals.ts';
import type { Database } from './database.ts';
import { renderMasked } from './job-config-upsert.ts';
import { ENDS_IN_TIME } from './statement-input.ts';

export class PostgresJobRemovals implements JobRemovals {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async remove({ jobId, actor, ifRevision }: Removal): Promise<boolean> {
    const rows = await this.#database.rows(sql`
      with gone as (
        delete from scheduler_job_config job
        where job.job_id = ${jobId} ${ifRevision === undefined ? sql`` : sql`and job.revision = ${ifRevision}::bigint`}
          and ${ENDS_IN_TIME}
        returning job.*
      ),
      told as (
        insert into scheduler_event (type, job_id, actor, detail)
        select 'job.deleted', gone.job_id, ${actor}, jsonb_build_object(
          'before', ${renderMasked('gone')},
          'waitingRuns', (select count(*) from scheduler_pending_run run where run.job_id = gone.job_id),
          'runningRuns', (
            select count(*) from scheduler_execution_log run where run.job_id = gone.job_id and run.status = 'RUNNING'
          )
        )
        from gone
      )
      select job_id from gone`);
    return rows.length > 0;
  }
}

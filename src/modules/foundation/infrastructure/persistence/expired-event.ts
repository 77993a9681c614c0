/**
 * That a job's schedule has come to its end, told in the statement that exhausts its cursor. Invariant: once a configuration,
 * whichever replica finds it, and however often its last occurrence is given back.
 */
import { type SQL, sql } from 'drizzle-orm';
import { hashedKey } from './postgres-event-ledger.ts';

/** A step of a statement. @param jobIds a query of the jobs whose cursor this statement exhausts */
export function renderExpired(jobIds: SQL): SQL {
  return sql`expired as (
      insert into scheduler_event (type, job_id, scheduled_at, reason, detail, key)
      select 'job.expired', job_id, coalesce(end_at, date_trunc('milliseconds', clock_timestamp())),
        case when end_at is null then 'expired: the schedule has no occurrence left'
          else 'expired: the schedule has no occurrence left before the end of the job' end,
        jsonb_build_object('cause', 'expired', 'revision', revision),
        ${hashedKey(sql`'expired ' || job_id || ' ' || revision`)}
      from scheduler_job_config where job_id in (${jobIds})
      order by job_id
      on conflict (key) where key is not null do nothing
    )`;
}

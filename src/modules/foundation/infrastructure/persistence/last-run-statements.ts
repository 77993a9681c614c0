/** When a job ran last, and succeeded last, beside its configuration: written with outcomes, or where somebody held its row, afterwards. */
import { type SQL, sql } from 'drizzle-orm';
import { ENDS_IN_TIME, inputList, inputRows } from './statement-input.ts';

/** Of a `job` from `jobs`: neither goes back. */
export const LAST_RUN = sql`last_run_at = greatest(job.last_run_at, jobs.begun_at),
        last_success_at = greatest(job.last_success_at, jobs.success_at)`;

export interface TouchedJob {
  readonly jobId: string;
  /** When its newest run began. */
  readonly begunAt: string;
  /** When its newest run that succeeded ended; null: none did. */
  readonly successAt: string | null;
}

/** Writes when their newest runs began, and waits for nobody. Answers with the jobs whose rows somebody still holds. */
export function renderTouch(jobs: readonly TouchedJob[]): SQL {
  const rows = jobs.map(({ jobId, begunAt, successAt }) => ({
    ...{ job_id: jobId, begun_at: begunAt, success_at: successAt },
  }));
  const columns = { job_id: 'text', begun_at: 'timestamptz', success_at: 'timestamptz' };
  return sql`
    with input as materialized (select * from ${inputRows('input', columns, rows)} where ${ENDS_IN_TIME} order by job_id),
    jobs as materialized (
      select input.* from input cross join lateral (
        select from scheduler_job_config one where one.job_id = input.job_id for no key update skip locked
      ) job
    ),
    touched as (update scheduler_job_config job set ${LAST_RUN} from jobs where job.job_id = jobs.job_id)
    select job_id from input where job_id not in (select job_id from jobs) and exists (
      select from scheduler_job_config one where one.job_id = input.job_id
    )`;
}

/** Answers with the newest success of each job that has one; of one without a row, as its history has it. */
export function renderLastSuccesses(jobIds: readonly string[]): SQL {
  return sql`
    select input.job_id, case when job.job_id is not null then job.last_success_at else (
        select finished_at from scheduler_execution_log one
        where one.job_id = input.job_id and one.status = 'SUCCESS' and one.started_at < 'infinity'
        order by one.started_at desc limit 1
      ) end as last_success_at
    from ${inputList('text', jobIds)} as input(job_id) left join scheduler_job_config job using (job_id)`;
}

/**
 * Finds writes of which only a part took effect, in the rows that they leave. Each rule is a pair that one statement writes:
 * where one half stands, the other must. Invariant: each rule finds the write of its kind that `tearEachKind` takes one half of.
 */
import type postgres from 'postgres';

/** Rule → a query for what breaks it: one row each, with the text `what`. */
const RULES = {
  'an order and its run': `
    select 'told of, and nowhere: ' || e.execution_id as what from scheduler_event e
    where e.type = 'job.triggered'
      and not exists (select from scheduler_execution_log run where run.id = e.execution_id)
      and not exists (select from scheduler_pending_run run where run.id = e.execution_id)
    union all
    select 'not told of: ' || run.id from scheduler_execution_log run
    where run.trigger = 'manual'
      and not exists (select from scheduler_event e where e.type = 'job.triggered' and e.execution_id = run.id)`,
  'a cursor and its occurrences': `
    select 'passed over: ' || job.job_id || '@' || due_at as what
    from scheduler_job_config job join scheduler_job_cursor cursor using (job_id),
      lateral (
        select min(scheduled_at) as first_at from scheduler_execution_log
        where job_id = job.job_id and trigger in ('schedule', 'catchUp')
      ) runs,
      generate_series(runs.first_at, cursor.next_fire_at - interval '1 second', interval '1 second') as due_at
    where job.cron_expression = '* * * * * *'
      and not exists (select from scheduler_execution_log run where run.job_id = job.job_id and run.scheduled_at = due_at)
      and not exists (select from scheduler_pending_run run where run.job_id = job.job_id and run.scheduled_at = due_at)
      and not exists (
        select from scheduler_event e
        where e.job_id = job.job_id and e.type like 'occurrence.%'
          and due_at between coalesce((e.detail ->> 'from')::timestamptz, e.scheduled_at)
            and coalesce((e.detail ->> 'to')::timestamptz, e.scheduled_at)
      )
    union all
    select 'run, and still to come: ' || run.job_id || '@' || run.scheduled_at
    from scheduler_execution_log run join scheduler_job_cursor cursor using (job_id)
    where run.trigger in ('schedule', 'catchUp') and run.scheduled_at >= cursor.next_fire_at`,
  'an outcome and its job': `
    select job.job_id || ' ended a run of ' || max(run.started_at) || ' and last ran ' || coalesce(job.last_run_at::text, 'never') as what
    from scheduler_execution_log run join scheduler_job_config job using (job_id)
    where run.status <> 'RUNNING' and run.failure_reason is distinct from 'LOST'
    group by job.job_id, job.last_run_at
    having job.last_run_at is null or job.last_run_at < max(run.started_at)`,
  'a failure and its next attempt': `
    select 'not tried again: ' || run.job_id || '@' || run.scheduled_at as what from scheduler_execution_log run
    where run.failure_reason = 'ERROR' and run.attempt < run.max_attempts
      and not exists (
        select from scheduler_execution_log next
        where next.job_id = run.job_id and next.scheduled_at = run.scheduled_at and next.attempt = run.attempt + 1
      )
      and not exists (
        select from scheduler_pending_run next
        where next.job_id = run.job_id and next.scheduled_at = run.scheduled_at and next.attempt = run.attempt + 1
      )`,
  'an edit and its audit': `
    select coalesce(after, 'nothing') || ' of ' || job_id || ' is followed by ' || coalesce(next, 'nothing') as what
    from (
      select e.job_id, e.detail -> 'after' ->> 'notes' as after, coalesce(
        lead(e.detail -> 'before') over (partition by e.job_id order by e.id) ->> 'notes', job.notes
      ) as next
      from scheduler_event e join scheduler_job_config job using (job_id)
      where e.type = 'job.updated'
    ) edits
    where after is distinct from next`,
} as const;

export type TornWrite = keyof typeof RULES;

/** @returns each rule that is broken, with its examples; empty where every write is whole */
export async function findTornWrites(sql: postgres.Sql): Promise<Partial<Record<TornWrite, string[]>>> {
  const found: Partial<Record<TornWrite, string[]>> = {};
  for (const rule of Object.keys(RULES) as TornWrite[]) {
    const rows = await sql.unsafe<{ what: string }[]>(`${RULES[rule]} limit 20`);
    if (rows.length > 0) found[rule] = rows.map(({ what }) => what);
  }
  return found;
}

/** Takes one half of a write of each kind away, whose other half stands. */
export async function tearEachKind(sql: postgres.Sql): Promise<void> {
  const forget = (which: postgres.Fragment): postgres.PendingQuery<postgres.Row[]> => sql`
    delete from scheduler_execution_log where id = (
      select run.id from scheduler_execution_log run join scheduler_job_config job using (job_id)
      where status <> 'RUNNING' and ${which} order by started_at desc limit 1
    )`;
  await forget(sql`run.trigger = 'manual'`);
  await forget(sql`run.attempt = 1 and job.cron_expression = '* * * * * *' and job.max_attempts = 1`);
  await forget(sql`run.attempt = 2`);
  await sql`update scheduler_job_config set last_run_at = null where cron_expression = '* * * * * *'`;
  await sql`
    update scheduler_job_config set notes = 'nobody wrote this'
    where job_id in (select job_id from scheduler_event where type = 'job.updated')`;
}

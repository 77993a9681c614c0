/**
 * Wishes that a run stop, on the execution's own row.
 *
 * Invariants: the first wish stands, with its reason; it ends nothing by itself: the instance that holds the run records
 * how it ended. A run that waits is ended here, in the statement that takes it from where it waits. Of one that was claimed
 * ahead its instance learns no later than when it confirms it: the sequence that it looks at then moves on here.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Cancellations, CancelOrder, RequestedCancellation } from '../../application/ports/cancellations.ts';
import { isUnconfirmed } from './ahead-claim-statements.ts';
import type { Database } from './database.ts';
import { isUuid } from './page-cursor.ts';
import { toWritableText } from '../../domain/writable-text.ts';
import { ENDS_IN_TIME } from './statement-input.ts';

export class PostgresCancellations implements Cancellations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async request(order: CancelOrder): Promise<boolean> {
    if (!isUuid(order.executionId)) return false;
    return (await this.#database.rows(renderRequest(order))).length > 0;
  }

  async getRequested(instanceId: string): Promise<RequestedCancellation[]> {
    const rows = await this.#database.rows<{ id: string; reason: string }>(sql`
      select id, coalesce(cancel_reason, 'cancelled') as reason from scheduler_execution_log
      where instance_id = ${instanceId} and status = 'RUNNING' and cancel_requested_at is not null`);
    return rows.map(({ id, reason }) => ({ executionId: id, reason }));
  }
}

function renderRequest({ executionId, actor, ...order }: CancelOrder): SQL {
  const reason = toWritableText(order.reason);
  return sql`
    with asked as (
      update scheduler_execution_log
      set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
        cancel_reason = coalesce(cancel_reason, ${reason}::text)
      where id = ${executionId}::uuid and status = 'RUNNING' and ${ENDS_IN_TIME}
      returning *
    ),
    noticed as (
      select nextval((select tableoid from scheduler_revision_seq)::regclass) from asked where ${isUnconfirmed('asked')}
    ),
    dropped as (delete from scheduler_pending_run where id = ${executionId}::uuid returning *),
    recorded as (
      insert into scheduler_execution_log
        (id, job_id, started_at, finished_at, duration_ms, status, failure_reason, error_message, scheduled_at, attempt,
          max_attempts, trigger, job_kwargs, was_pending)
      select id, job_id, clock_timestamp(), clock_timestamp(), 0, 'FAILED', 'CANCELLED', ${reason}::text, scheduled_at,
        attempt, coalesce(max_attempts, attempt), trigger, job_kwargs, true
      from dropped
      on conflict do nothing
    ),
    stopped as (select id, job_id, scheduled_at from asked union all select id, job_id, scheduled_at from dropped),
    told as (
      insert into scheduler_event (type, job_id, execution_id, scheduled_at, reason, actor)
      select 'run.cancelRequested', job_id, id, scheduled_at, ${reason}::text, ${actor} from stopped
    )
    select id, (select count(*) from noticed) as noticed from stopped`;
}

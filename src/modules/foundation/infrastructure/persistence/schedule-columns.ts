/**
 * What a job's cursor follows: where one of these columns was changed, it was computed anew. Owns their list, so that every
 * statement that asks whether a schedule is still the same asks it of the same columns.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { RunnableConfig } from '../../domain/job-config.ts';

export const SCHEDULE_COLUMNS = {
  cron_expression: 'text',
  dialect: 'text',
  timezone: 'text',
  dst_gap: 'text',
  dst_overlap: 'text',
  start_at: 'timestamptz',
  end_at: 'timestamptz',
  created_at: 'timestamptz',
} as const;

export function toScheduleRow(config: RunnableConfig): Record<keyof typeof SCHEDULE_COLUMNS, unknown> {
  return {
    cron_expression: config.cronExpression,
    dialect: config.dialect,
    timezone: config.timezone,
    dst_gap: config.dstGap,
    dst_overlap: config.dstOverlap,
    start_at: config.startAt,
    end_at: config.endAt,
    created_at: config.createdAt,
  };
}

/** Whether two rows have the same schedule; each is the name of a table or step that has these columns. */
export function isSameSchedule(one: string, other: string): SQL {
  const columnsOf = (name: string): SQL =>
    sql.raw(
      Object.keys(SCHEDULE_COLUMNS)
        .map((column) => `${name}.${column}`)
        .join(', '),
    );
  return sql`(${columnsOf(one)}) is not distinct from (${columnsOf(other)})`;
}

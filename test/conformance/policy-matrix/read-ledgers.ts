/** What the database says of each job: a line an execution, and a line an occurrence that an event speaks of. */
import { sql } from 'drizzle-orm';
import { VirtualConnection, type VirtualDatabase } from '../../support/virtual-database.ts';
import { CELLS } from './cells.ts';

const LATE_MS = 10_000;
const MINUTE_MS = 60_000;

/** @returns each job's sorted lines, by job id: `12:04 #2 SUCCESS retry`, `late` where it started more than 10 s after its time */
export async function readLedgers(behind: VirtualDatabase): Promise<Map<string, string[]>> {
  const database = new VirtualConnection(behind);
  const runs = await database.rows<RunRow>(sql`
    select job_id, scheduled_at, started_at, attempt, status, failure_reason, trigger from scheduler_execution_log`);
  const events = await database.rows<EventRow>(sql`
    select job_id, scheduled_at, type, reason, detail->>'count' as count, detail->>'from' as first, detail->>'to' as last
    from scheduler_event where job_id is not null and type not like 'job.%'`);
  const waiting = await database.rows<{ job_id: string; scheduled_at: string }>(sql`
    select job_id, scheduled_at from scheduler_pending_run`);
  const lines = [
    ...runs.map((row) => [row.job_id, runLine(row)] as const),
    ...events.flatMap((row) => eventLines(row).map((line) => [row.job_id, line] as const)),
    ...waiting.map((row) => [row.job_id, `${minuteOf(row.scheduled_at)} still waits`] as const),
  ];
  const ledgers = new Map<string, string[]>(CELLS.map(({ jobId }) => [jobId, []]));
  for (const [jobId, line] of lines.toSorted(([, a], [, b]) => (a < b ? -1 : 1))) ledgers.get(jobId)?.push(line);
  return ledgers;
}

type RunRow = Record<'job_id' | 'scheduled_at' | 'started_at' | 'status' | 'trigger', string> & {
  readonly attempt: number;
  readonly failure_reason: string | null;
};
type EventRow = Record<'job_id' | 'scheduled_at' | 'type', string> &
  Record<'reason' | 'count' | 'first' | 'last', string | null>;

function runLine(row: RunRow): string {
  const isLate = Date.parse(row.started_at) - Date.parse(row.scheduled_at) > LATE_MS;
  const words = [`#${row.attempt}`, row.status, row.failure_reason, row.trigger, isLate ? 'late' : null];
  return [minuteOf(row.scheduled_at), ...words.filter((word) => word !== null)].join(' ');
}

/** One for each occurrence that it counts: in the story they follow one another. */
function eventLines({ scheduled_at: scheduledAt, type, reason, ...row }: EventRow): string[] {
  const first = Date.parse(row.first ?? scheduledAt);
  const last = Date.parse(row.last ?? row.first ?? scheduledAt);
  const count = Number(row.count ?? 1);
  const what = `${type.split('.')[1]}: ${reason}`;
  if (last - first !== (count - 1) * MINUTE_MS) return [`${minuteOf(first)} ${what}, ${count} until ${minuteOf(last)}`];
  return Array.from({ length: count }, (_, n) => `${minuteOf(first + n * MINUTE_MS)} ${what}`);
}

function minuteOf(instant: string | number): string {
  return new Date(instant).toISOString().slice(11, 16);
}

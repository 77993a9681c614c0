/** What the database says of each job: a line an execution, and a line an occurrence that an event speaks of. */
import { CELLS } from './cells.ts';
import type { EventRow, RunRow, StoryWorld } from './worlds.ts';

const LATE_MS = 10_000;
const MINUTE_MS = 60_000;

/** @returns each job's sorted lines, by job id: `12:04 #2 SUCCESS retry`, `late` where it started more than 10 s after its time */
export async function readLedgers(world: StoryWorld): Promise<Map<string, string[]>> {
  const { runs, events, waiting } = await world.read();
  const lines = [
    ...runs.map((row) => [row.job_id, runLine(row)] as const),
    ...events.flatMap((row) => eventLines(row).map((line) => [row.job_id, line] as const)),
    ...waiting.map((row) => [row.job_id, `${minuteOf(row.scheduled_at)} still waits`] as const),
  ];
  const ledgers = new Map<string, string[]>(CELLS.map(({ jobId }) => [jobId, []]));
  for (const [jobId, line] of lines.toSorted(([, a], [, b]) => (a < b ? -1 : 1))) ledgers.get(jobId)?.push(line);
  return ledgers;
}

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

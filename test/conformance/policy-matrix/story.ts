/** Lets every cell live through the same story at once, and reads what its history says. */
import { sql } from 'drizzle-orm';
import type { JobFunction } from '../../../src/modules/foundation/domain/job-definition.ts';
import { sampleSpec } from '../samples.ts';
import { VirtualConnection, type VirtualDatabase } from '../../support/virtual-database.ts';
import { startVirtualReplica } from '../../support/virtual-replica.ts';
import { CELLS } from './cells.ts';

export const STORY_STARTS_AT = '2026-01-02T11:59:40.000Z';
const at = (time: string): number => Date.parse(`2026-01-02T${time}Z`);
const LATE_MS = 10_000;

/** @returns each job's history, by job id */
export async function liveThrough(database: VirtualDatabase): Promise<Map<string, string[]>> {
  const { time } = database;
  const until = (instant: string): Promise<void> => time.advance(at(instant) - time.now());
  const jobs = { work: work(database) };
  const first = await startVirtualReplica(database, jobs);
  for (const { jobId, ...policies } of CELLS) {
    const spec = sampleSpec({ jobId, ...policies, cronExpression: '* * * * *', timezone: 'UTC', handler: 'work' });
    await first.wired.configs.upsert(spec, { actor: 'test' });
  }
  await first.wired.loader.loadAll();
  await until('12:05:05');
  first.kill();
  await until('12:05:10');
  const second = await startVirtualReplica(database, jobs);
  await until('12:05:50');
  await second.stop();
  await until('12:07:30');
  const third = await startVirtualReplica(database, jobs);
  await until('12:08:30');
  database.isAway = true;
  await until('12:10:30');
  database.isAway = false;
  await until('12:11:30');
  await third.stop();
  return readHistories(new VirtualConnection(database));
}

function work({ time }: VirtualDatabase): JobFunction {
  return async (_kwargs, { scheduledAt, attempt, signal }) => {
    const minute = minuteOf(scheduledAt);
    if (attempt > 1) return;
    if (minute === '12:04') throw new Error('it broke');
    if (minute === '12:05') await new Promise<never>(() => {});
    if (minute !== '12:01') return;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([time.pass(at('12:03:30') - time.now()), aborted]);
  };
}

async function readHistories(database: VirtualConnection): Promise<Map<string, string[]>> {
  const runs = await database.rows<RunRow>(sql`
    select job_id, scheduled_at, started_at, attempt, status, failure_reason, trigger from scheduler_execution_log`);
  const events = await database.rows<EventRow>(sql`
    select job_id, scheduled_at, type, detail->>'count' as count, detail->>'cause' as cause from scheduler_event
    where job_id is not null and type not like 'job.%'`);
  const waiting = await database.rows<{ job_id: string; scheduled_at: string }>(sql`
    select job_id, scheduled_at from scheduler_pending_run`);
  const lines = [
    ...runs.map((row) => [row.job_id, runLine(row)] as const),
    ...events.map((row) => [row.job_id, eventLine(row)] as const),
    ...waiting.map((row) => [row.job_id, `${minuteOf(row.scheduled_at)} still waits`] as const),
  ];
  const histories = new Map<string, string[]>(CELLS.map(({ jobId }) => [jobId, []]));
  for (const [jobId, line] of lines.toSorted(([, a], [, b]) => (a < b ? -1 : 1))) histories.get(jobId)?.push(line);
  return histories;
}

type RunRow = Record<'job_id' | 'scheduled_at' | 'started_at' | 'status' | 'trigger', string> & {
  readonly attempt: number;
  readonly failure_reason: string | null;
};
type EventRow = Record<'job_id' | 'scheduled_at' | 'type', string> & Record<'count' | 'cause', string | null>;

function runLine(row: RunRow): string {
  const isLate = Date.parse(row.started_at) - Date.parse(row.scheduled_at) > LATE_MS;
  const words = [`#${row.attempt}`, row.status, row.failure_reason, row.trigger, isLate ? 'late' : null];
  return [minuteOf(row.scheduled_at), ...words.filter((word) => word !== null)].join(' ');
}

function eventLine({ scheduled_at: scheduledAt, type, count, cause }: EventRow): string {
  const what = type.split('.')[1];
  const more = what === 'skipped' ? ` ${cause}` : count === null ? '' : ` ${count}`;
  return `${minuteOf(scheduledAt)} ${what}${more}`;
}

function minuteOf(instant: Date | string): string {
  return new Date(instant).toISOString().slice(11, 16);
}

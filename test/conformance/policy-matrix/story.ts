/** Lets every cell live through the same story at once, and reads what its history says. */
import type { JobFunction } from '../../../src/modules/foundation/domain/job-definition.ts';
import { sampleSpec } from '../samples.ts';
import { CELLS } from './cells.ts';
import type { EventRow, RunRow, StoryWorld } from './worlds.ts';

export const STORY_STARTS_AT = '2026-01-02T11:59:40.000Z';
const at = (time: string): number => Date.parse(`2026-01-02T${time}Z`);
const LATE_MS = 10_000;

/** @returns each job's history, by job id */
export async function liveThrough(world: StoryWorld): Promise<Map<string, string[]>> {
  const { time } = world;
  const until = (instant: string): Promise<void> => time.advance(at(instant) - time.now());
  const jobs = { work: work(world) };
  const first = await world.start(jobs);
  for (const { jobId, ...policies } of CELLS) {
    const spec = sampleSpec({ jobId, ...policies, cronExpression: '* * * * *', timezone: 'UTC', handler: 'work' });
    await first.wired.configs.upsert(spec, { actor: 'test' });
  }
  await first.wired.loader.loadAll();
  await until('12:05:05');
  first.kill();
  await until('12:05:10');
  const second = await world.start(jobs);
  await until('12:05:50');
  await second.stop();
  await until('12:07:30');
  const third = await world.start(jobs);
  await until('12:08:30');
  world.isAway = true;
  await until('12:10:30');
  world.isAway = false;
  await until('12:11:30');
  await third.stop();
  return readHistories(world);
}

function work({ time }: StoryWorld): JobFunction {
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

async function readHistories(world: StoryWorld): Promise<Map<string, string[]>> {
  const { runs, events, waiting } = await world.read();
  const lines = [
    ...runs.map((row) => [row.job_id, runLine(row)] as const),
    ...events.map((row) => [row.job_id, eventLine(row)] as const),
    ...waiting.map((row) => [row.job_id, `${minuteOf(row.scheduled_at)} still waits`] as const),
  ];
  const histories = new Map<string, string[]>(CELLS.map(({ jobId }) => [jobId, []]));
  for (const [jobId, line] of lines.toSorted(([, a], [, b]) => (a < b ? -1 : 1))) histories.get(jobId)?.push(line);
  return histories;
}

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

import { describe, expect, it } from 'vitest';
import { JOB_ID_PATTERN, POLICY_RANGES } from '../../../../../../src/modules/foundation/application/job-spec-limits.ts';
import {
  type ApschedulerOptions,
  type ApschedulerRow,
  readApschedulerJobs,
} from '../../../../../../src/modules/foundation/domain/import/read-apscheduler-jobs.ts';
import { DEFAULT_POLICIES } from '../../../../../../src/modules/foundation/domain/job-config.ts';
import { JOB, SHANGHAI } from './exported-job.ts';

function rowOf(change: object, options: ApschedulerOptions = SHANGHAI): ApschedulerRow {
  const { rows, faults } = readApschedulerJobs([{ ...JOB, ...change }], options);
  expect(faults).toEqual([]);
  return rows[0]!;
}
const codesOf = (row: ApschedulerRow): string[] => row.warnings.map(({ code }) => code);

describe('readApschedulerJobs()', () => {
  it('reads a whole job', () => {
    const row = rowOf({});
    expect(row.job).toEqual({
      ...DEFAULT_POLICIES,
      jobId: 'nightly',
      jobName: 'Send the mail',
      cronExpression: "day_of_week='mon-fri' hour='9' minute='0'",
      dialect: 'apscheduler',
      timezone: 'Asia/Shanghai',
      jobKwargs: { to: 'ops' },
      handler: 'send-mail',
      misfirePolicy: 'once',
      misfireGraceMs: 30_000,
    });
    expect(row.func).toBe('myapp.jobs:send_mail');
    expect(codesOf(row)).toEqual(['TIMEZONE_ASSUMED', 'HANDLER_TO_REGISTER']);
  });

  it.each([
    ["cron[day_of_week='mon-fri', hour='9']", "day_of_week='mon-fri' hour='9'"],
    [
      "cron[month='*', day='1-5/2,last', day_of_week='1-5', hour='9', minute='*/5']",
      "month='*' day='1-5/2,last' day_of_week='1-5' hour='9' minute='*/5'",
    ],
    ["cron[day='2nd fri', hour='9']", "day='2nd fri' hour='9'"],
    ['cron[]', "second='*'"],
    [
      "<CronTrigger (month='*', day_of_week='1-5', hour='9', minute='*/5', timezone='Etc/UTC')>",
      "month='*' day_of_week='1-5' hour='9' minute='*/5'",
    ],
    ["<CronTrigger (, timezone='Asia/Shanghai')>", "second='*'"],
    ['interval[0:05:00]', '@every 5m'],
    ['interval[1 day, 3:00:01]', '@every 27h1s'],
    ['interval[7 days, 0:00:00]', '@every 168h'],
    ['interval[0:00:00]', '@every 1s'],
    [
      "<IntervalTrigger (interval=datetime.timedelta(days=1, seconds=10801), start_date='2026-11-25 07:53:36 CST', timezone='Asia/Shanghai')>",
      '@every 27h1s',
    ],
    [
      "<IntervalTrigger (interval=datetime.timedelta(seconds=300), start_date='2026-11-24 04:58:35 CST', jitter=5, timezone='Asia/Shanghai')>",
      '@every 5m',
    ],
    ['date[2030-01-01 00:00:00 CST]', '@at 2029-12-31T16:00:00.000Z'],
    ["<DateTrigger (run_date='2030-01-01 00:00:00 CST')>", '@at 2029-12-31T16:00:00.000Z'],
    ['date[2030-01-01 00:00:00 UTC]', '@at 2030-01-01T00:00:00.000Z'],
    ['date[2030-01-01 00:00:00 UTC+02:00]', '@at 2029-12-31T22:00:00.000Z'],
  ])('reads the printed trigger %s', (trigger, cronExpression) => {
    expect(rowOf({ trigger, next_run_time: '2026-11-24T01:00:00Z' }).job).toMatchObject({
      cronExpression,
      dialect: 'apscheduler',
    });
  });

  it.each([
    [{ trigger: 'cron', day_of_week: 'mon', hour: 9 }, "day_of_week='mon' hour='9'"],
    [{ trigger: 'cron', minute: 0, hour: '*/2', year: null }, "hour='*/2' minute='0'"],
    [{ trigger: 'interval', weeks: 1, hours: 1, seconds: '30' }, '@every 169h30s'],
    [{ trigger: 'interval', minutes: 0.5 }, '@every 30s'],
    [{ trigger: 'date', run_date: '2030-01-01' }, '@at 2029-12-31T16:00:00.000Z'],
    [{ trigger: 'date', run_date: '2030-01-01T08:30:00.250000+01:00' }, '@at 2030-01-01T07:30:00.250Z'],
  ])('reads %j as an object, and with its arguments beside the kind', (trigger, cronExpression) => {
    expect(rowOf({ trigger }).job.cronExpression).toBe(cronExpression);
    expect(rowOf(trigger).job.cronExpression).toBe(cronExpression);
    expect(codesOf(rowOf(trigger))).not.toContain('FIELD_IGNORED');
  });

  it("takes the trigger's zone before the job's, and the job's before the import's", () => {
    const trigger = { trigger: 'cron', hour: 9, timezone: 'Europe/Berlin' };
    expect(rowOf({ trigger, timezone: 'Asia/Tokyo' }).job.timezone).toBe('Europe/Berlin');
    const row = rowOf({ trigger: "cron[hour='9']", timezone: 'Asia/Tokyo' });
    expect(row.job.timezone).toBe('Asia/Tokyo');
    expect(codesOf(row)).not.toContain('TIMEZONE_ASSUMED');
  });

  it('reads start, end and jitter in the zone of the trigger', () => {
    const trigger =
      "<CronTrigger (hour='9', start_date='2026-01-01 00:00:00 CST', end_date='2027-01-01 10:00:00 CST', jitter=5, timezone='Asia/Shanghai')>";
    const row = rowOf({ trigger }, {});
    expect(row.job.startAt?.toISOString()).toBe('2025-12-31T16:00:00.000Z');
    expect(row.job.endAt?.toISOString()).toBe('2027-01-01T02:00:00.000Z');
    expect(row.job.jitterMs).toBe(5_000);
    expect(codesOf(row)).toEqual([
      'ZONE_ABBREVIATION',
      'ZONE_ABBREVIATION',
      'JITTER_DETERMINISTIC',
      'HANDLER_TO_REGISTER',
    ]);
  });

  it('takes the offset of a printed date from next_run_time, and from nothing else', () => {
    const trigger = 'date[2026-10-25 02:30:00 CET]';
    const second = rowOf({ trigger, next_run_time: '2026-10-25 02:30:00+01:00' }, { timezone: 'Europe/Berlin' });
    expect(second.job.cronExpression).toBe('@at 2026-10-25T01:30:00.000Z');
    const unrelated = rowOf({ trigger, next_run_time: '2026-10-26 02:30:00+01:00' }, { timezone: 'Europe/Berlin' });
    expect(unrelated.job.cronExpression).toBe('@at 2026-10-25T00:30:00.000Z');
    expect(codesOf(unrelated)).toContain('ZONE_ABBREVIATION');
  });

  it('reads a list, and an object with the list as jobs', () => {
    expect(readApschedulerJobs({ version: 1, jobs: [JOB] }, SHANGHAI).rows).toHaveLength(1);
    expect(readApschedulerJobs('[]').faults[0]).toMatchObject({
      index: -1,
      message: 'the export is not a list of jobs',
    });
  });
});

describe('readApschedulerJobs() policies', () => {
  it.each([
    [{ coalesce: true }, { misfirePolicy: 'once' }, []],
    [{ coalesce: false }, { misfirePolicy: 'all' }, []],
    [{ misfire_grace_time: 1.5 }, { misfireGraceMs: 1_500 }, []],
    [{ misfire_grace_time: null }, { misfireGraceMs: POLICY_RANGES.misfireGraceMs.max }, ['GRACE_CAPPED']],
    [{ misfire_grace_time: undefined }, { misfireGraceMs: null }, ['GRACE_NOT_STATED']],
    [{ max_instances: 1 }, { overlapPolicy: 'skip' }, []],
    [{ max_instances: 3 }, { overlapPolicy: 'allow' }, ['INSTANCES_UNLIMITED']],
    [{ next_run_time: null }, { enabled: false }, ['PAUSED']],
    [{ next_run_time: undefined }, { enabled: true }, []],
    [{ args: ['.'] }, { jobKwargs: { to: 'ops' } }, ['ARGS_POSITIONAL']],
    [{ executor: 'processpool', colour: 'red' }, {}, ['FIELD_IGNORED', 'FIELD_IGNORED']],
    [{ func: undefined }, { handler: null }, []],
    [{ kwargs: undefined, name: undefined }, { jobKwargs: {}, jobName: 'nightly' }, []],
    [{ id: '日报 1' }, { jobId: '1-5f0b11de' }, ['JOB_ID_CHANGED']],
    [{ trigger: 'interval[0:05:00]' }, { cronExpression: '@every 5m' }, ['INTERVAL_ANCHOR']],
  ])('%j', (change, job, codes) => {
    const row = rowOf(change);
    const { jobId, ...rest } = job as { jobId?: string };
    expect(row.job).toMatchObject(rest);
    if (jobId !== undefined) expect(row.job.jobId).toMatch(JOB_ID_PATTERN);
    expect(codesOf(row).filter((code) => code !== 'TIMEZONE_ASSUMED' && code !== 'HANDLER_TO_REGISTER')).toEqual(codes);
  });

  it('hands positional arguments and the function reference on', () => {
    expect(rowOf({ args: ['.', 2] })).toMatchObject({ args: ['.', 2], func: 'myapp.jobs:send_mail' });
  });
});

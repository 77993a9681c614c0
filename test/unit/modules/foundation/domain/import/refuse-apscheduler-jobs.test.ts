import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOB_ID_PATTERN } from '../../../../../../src/modules/foundation/application/job-spec-limits.ts';
import { readApschedulerJobs } from '../../../../../../src/modules/foundation/domain/import/read-apscheduler-jobs.ts';
import { JOB, SHANGHAI } from './exported-job.ts';

describe('readApschedulerJobs() refuses', () => {
  it.each([
    [{ trigger: "and[cron[hour='9'], cron[day='1']]" }, 'trigger', 'make one job of each trigger'],
    [{ trigger: '<OrTrigger([])>' }, 'trigger', 'make one job of each trigger'],
    [{ trigger: 'every day' }, 'trigger', 'cron[…]'],
    [{ trigger: "cron[hour='9'; minute='0']" }, 'trigger', ''],
    [{ trigger: "cron[hour='25']" }, 'trigger', ''],
    [{ trigger: "cron[month='2', day='30']" }, 'trigger', ''],
    [{ trigger: { trigger: 'cron', dayofweek: 'mon', hour: 9 } }, 'trigger', "did you mean 'day_of_week'?"],
    [{ trigger: 'cron', dayofweek: 'mon', hour: 9 }, 'trigger', "did you mean 'day_of_week'?"],
    [{ trigger: { trigger: 'cron', hour: true } }, 'trigger', ''],
    [{ trigger: { trigger: 'cron', hour: '9', jitter: -1 } }, 'trigger', ''],
    [{ trigger: { trigger: 'cron', hour: '9', start_date: 'soon' } }, 'trigger', ''],
    [{ trigger: { trigger: 'cron', hour: '9', timezone: 'Nowhere/Land' } }, 'timezone', ''],
    [{ trigger: 'interval[0:00:00.500000]' }, 'trigger', ''],
    [{ trigger: 'interval[-1 day, 23:00:00]' }, 'trigger', ''],
    [{ trigger: { trigger: 'interval', hours: [1] } }, 'trigger', ''],
    [{ trigger: { trigger: 'date' } }, 'trigger', ''],
    [{ trigger: 'date[2030-02-30 00:00:00 CST]' }, 'trigger', ''],
    [{ trigger: { __apscheduler_class__: 'apscheduler.triggers.cron:CronTrigger' } }, 'trigger', 'repr(job.trigger)'],
    [{ trigger: undefined }, 'trigger', ''],
    [{ id: '' }, 'id', ''],
    [{ id: 7 }, 'id', ''],
    [{ coalesce: 'yes' }, 'coalesce', ''],
    [{ misfire_grace_time: 0 }, 'misfire_grace_time', ''],
    [{ max_instances: 0 }, 'max_instances', ''],
    [{ args: 'x' }, 'args', ''],
    [{ kwargs: ['x'] }, 'kwargs', ''],
    [{ kwargs: { a: '\0' } }, 'kwargs', ''],
  ])('%j', (change, field, hint) => {
    const { rows, faults } = readApschedulerJobs([{ ...JOB, ...change }], SHANGHAI);
    expect(rows).toEqual([]);
    expect(faults[0]).toMatchObject({ kind: 'fault', index: 0, field });
    expect(faults[0]!.hint ?? '').toContain(hint);
  });

  it('a cron trigger whose zone nothing says, but no interval and no instant', () => {
    const triggers = [
      "cron[hour='9']",
      'interval[0:05:00]',
      'date[2030-01-01 00:00:00 UTC]',
      'date[2030-01-01 00:00:00 CST]',
    ];
    const { rows, faults } = readApschedulerJobs(
      triggers.map((trigger, index) => ({ ...JOB, id: `job-${index}`, trigger })),
    );
    expect(rows.map(({ index }) => index)).toEqual([1, 2]);
    expect(faults.map(({ index, field }) => [index, field])).toEqual([
      [0, 'timezone'],
      [3, 'trigger'],
    ]);
  });

  it('a second job of the same id', () => {
    const { rows, faults } = readApschedulerJobs([JOB, JOB], SHANGHAI);
    expect(rows).toHaveLength(1);
    expect(faults[0]).toMatchObject({ index: 1, id: 'nightly', field: 'id' });
  });

  it('names the offset of what it cannot read in a printed trigger', () => {
    const fault = readApschedulerJobs([{ ...JOB, trigger: "cron[hour='9', oops]" }], SHANGHAI).faults[0]!;
    expect(fault.position).toBe("cron[hour='9',".length);
  });
});

describe('readApschedulerJobs() over any JSON', () => {
  it('never throws, and ends every job as one row or one fault', () => {
    const loose = fc.record(
      {
        id: fc.string(),
        trigger: fc.oneof(fc.string(), fc.constantFrom('cron', 'interval', 'date'), fc.jsonValue()),
        hour: fc.jsonValue(),
        kwargs: fc.jsonValue(),
        coalesce: fc.jsonValue(),
        name: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(loose, fc.jsonValue()), { maxLength: 8 }), (jobs) => {
        const { rows, faults } = readApschedulerJobs(jobs, SHANGHAI);
        const places = [...rows, ...faults].map(({ index }) => index).toSorted((a, b) => a - b);
        expect(places).toEqual(jobs.map((_, index) => index));
        for (const { job } of rows) expect(job.jobId).toMatch(JOB_ID_PATTERN);
      }),
      { numRuns: 1000 },
    );
  });
});

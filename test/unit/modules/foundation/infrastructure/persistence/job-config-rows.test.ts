import { getTableColumns } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { readJobConfig } from '../../../../../../src/modules/foundation/infrastructure/persistence/job-config-rows.ts';
import { schedulerJobConfig } from '../../../../../../src/modules/foundation/infrastructure/persistence/schema/jobs.ts';

const row = (over: Record<string, unknown> = {}) => ({
  ...Object.fromEntries(Object.values(getTableColumns(schedulerJobConfig)).map(({ name }) => [name, null])),
  ...{ job_id: 'a', job_name: 'A', cron_expression: '* * * * *', timezone: 'UTC', tags: '{red,"two words"}' },
  ...{ job_kwargs: '{}', created_at: '2026-01-02 12:00:00+00', revision: 7, retry_backoff_ms: 1_000 },
  ...over,
});

describe('readJobConfig()', () => {
  it('reads every column, by the names of the domain', () => {
    const config = readJobConfig(row());
    expect(Object.keys(config).toSorted()).toEqual(Object.keys(getTableColumns(schedulerJobConfig)).toSorted());
    expect(config).toMatchObject({ jobId: 'a', jobKwargs: {}, revision: 7, retryBackoffMs: 1_000, pausedAt: null });
    expect([config.tags, config.createdAt]).toEqual([['red', 'two words'], new Date('2026-01-02T12:00:00Z')]);
  });

  it('keeps one value of what is equal in many rows, and never of arguments', () => {
    const kwargs = { job_kwargs: '{"list":[1]}' };
    const [one, other] = [readJobConfig(row(kwargs)), readJobConfig(row({ ...kwargs, job_id: 'b' }))];
    expect(other.createdAt).toBe(one.createdAt);
    expect(other.tags).toBe(one.tags);
    expect([other.jobKwargs, other.jobId]).toEqual([one.jobKwargs, 'b']);
    expect(other.jobKwargs).not.toBe(one.jobKwargs);
  });

  it('tells rows apart by the column, however alike their texts are', () => {
    const { notes, cronExpression, timezone } = readJobConfig(row({ notes: 'UTC', cron_expression: 'UTC' }));
    expect([notes, cronExpression, timezone]).toEqual(['UTC', 'UTC', 'UTC']);
    const dates = readJobConfig(row({ start_at: 'infinity', notes: 'infinity' }));
    expect([Number.isNaN(dates.startAt!.getTime()), dates.notes]).toEqual([true, 'infinity']);
  });
});

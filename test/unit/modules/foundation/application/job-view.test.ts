import { describe, expect, test } from 'vitest';
import { upcoming, viewJob, type ViewSetting } from '../../../../../src/modules/foundation/application/job-view.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { readJobRow } from '../../../../../src/modules/foundation/domain/read-job-row.ts';
import { type KnownRuns, jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { NOW, registryOf } from '../../../../support/in-memory-service.ts';

const MINUTE = 60_000;
const SETTING: ViewSetting = {
  registry: registryOf({ a: { run: () => null } }),
  nowMs: NOW,
  describe: () => ({ description: 'in words', descriptionZh: '文字' }),
};

function view(overrides: Partial<JobConfig> = {}, { nextFireAt = null, lastStatus = null }: KnownRuns = {}) {
  return viewJob({ config: jobConfig('a', overrides), nextFireAt, lastStatus }, SETTING);
}

function upcomingOf(overrides: Partial<JobConfig>, limit = 2): string[] {
  const config = jobConfig('a', overrides);
  return upcoming(config, readJobRow(config).schedule, { nowMs: NOW, limit }).map((at) =>
    at.toISOString().slice(11, 16),
  );
}

describe('viewJob()', () => {
  test('tells the time that the cursor says, though it has passed', () => {
    const nextFireAt = new Date(NOW - MINUTE);
    expect(view({}, { nextFireAt })).toMatchObject({ nextRunAt: nextFireAt, state: 'late' });
  });

  test('computes it where nothing is armed yet', () => {
    expect(view().nextRunAt).toEqual(new Date(NOW + 5 * MINUTE));
  });

  test('has words for a schedule that can be read, and none for one that cannot', () => {
    expect(view().description).toBe('in words');
    expect(view({ cronExpression: '?' }).description).toBeNull();
  });

  test('a job that runs for the first time is active', () => {
    expect(view({}, { lastStatus: 'RUNNING' }).state).toBe('active');
    expect(view({ lastRunAt: new Date(NOW) }).state).toBe('active');
    expect(view().state).toBe('neverRan');
  });

  test('a pause that is over is none', () => {
    const pausedAt = new Date(NOW - 2 * MINUTE);
    expect(view({ pausedAt, pausedUntil: new Date(NOW - 1) }).state).toBe('neverRan');
    expect(view({ pausedAt, pausedUntil: new Date(NOW + 1) }).state).toBe('paused');
  });

  test.each<[string, Partial<JobConfig>]>([
    ['an unreadable text', { cronExpression: '61 * * * *' }],
    ['an empty text', { cronExpression: '' }],
    ['an unknown zone', { timezone: 'Mars/Olympus' }],
    ['a day that never comes', { cronExpression: '0 0 31 2 *' }],
    ['a dialect that there is not', { dialect: 'vixie' as never }],
    ['arguments that are a list', { jobKwargs: [] as never }],
    ['arguments that are null', { jobKwargs: null as never }],
    ['a text that is none', { cronExpression: 5 as never }],
  ])('%s is invalid, with a reason, and never throws', (_title, overrides) => {
    const { state, stateReason, nextRunAt, config } = view(overrides);
    expect({ state, nextRunAt }).toEqual({ state: 'invalid', nextRunAt: null });
    expect(stateReason).not.toBe('');
    expect(config.jobKwargs).toEqual({});
  });
});

describe('upcoming()', () => {
  test('gives what the schedule brings', () => {
    expect(upcomingOf({})).toEqual(['12:05', '12:10']);
  });

  test('keeps within start and end', () => {
    expect(upcomingOf({ startAt: new Date(NOW + 30 * MINUTE) })).toEqual(['12:30', '12:35']);
    expect(upcomingOf({ endAt: new Date(NOW + 5 * MINUTE) })).toEqual(['12:05']);
    expect(upcomingOf({ endAt: new Date(NOW - MINUTE) })).toEqual([]);
  });

  test('begins at the end of a pause', () => {
    const pausedAt = new Date(NOW - MINUTE);
    expect(upcomingOf({ pausedAt, pausedUntil: new Date(NOW + 10 * MINUTE) })).toEqual(['12:10', '12:15']);
    expect(upcomingOf({ pausedAt, pausedUntil: new Date(NOW - 1) })).toEqual(['12:05', '12:10']);
  });

  test('is empty while the job is stopped without end', () => {
    expect(upcomingOf({ enabled: false })).toEqual([]);
    expect(upcomingOf({ pausedAt: new Date(NOW) })).toEqual([]);
  });

  test('ends where the schedule does', () => {
    expect(upcomingOf({ cronExpression: '@at 2026-01-02T12:30:00Z' }, 10)).toEqual(['12:30']);
  });
});

describe('viewJob() of a row that SQL wrote', () => {
  for (const name of ['createdAt', 'startAt', 'endAt', 'pausedUntil'] as const) {
    test(`is invalid where '${name}' is infinite, as the loader judges it`, () => {
      const { state, stateReason, nextRunAt } = view({ [name]: new Date(Number.NaN) });
      expect({ state, nextRunAt }).toEqual({ state: 'invalid', nextRunAt: null });
      expect(stateReason).toContain(`'${name}'`);
    });
  }
});

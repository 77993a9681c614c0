import { describe, expect, test } from 'vitest';
import {
  type ScheduleDraft,
  settleSchedule,
} from '../../../../../src/modules/foundation/application/job-spec-schedule.ts';

const NOW = Date.UTC(2026, 0, 2, 12);
const SETTING = { nowMs: NOW, anchorAt: NOW };

function draft(overrides: Partial<ScheduleDraft> = {}): ScheduleDraft {
  return {
    cronExpression: '*/5 * * * *',
    dialect: null,
    timezone: 'UTC',
    dstGap: 'shift',
    dstOverlap: 'first',
    ...overrides,
  };
}

function codesOf(overrides: Partial<ScheduleDraft>): string[] {
  return (settleSchedule(draft(overrides), SETTING).faults ?? []).map(({ code, path }) => `${code} ${path}`);
}

describe('settleSchedule()', () => {
  test('leaves the dialect that somebody named', () => {
    expect(settleSchedule(draft({ cronExpression: '0 9 * * 1-5', dialect: 'unix' }), SETTING)).toMatchObject({
      dialect: 'unix',
    });
  });

  test('settles one where all mean the same', () => {
    expect(settleSchedule(draft(), SETTING).faults).toBeUndefined();
    expect(settleSchedule(draft({ cronExpression: '0 0 12 ? * MON' }), SETTING)).toMatchObject({ dialect: 'unix' });
  });

  test('never guesses, and shows from when on the readings differ', () => {
    const { faults } = settleSchedule(draft({ cronExpression: '0 9 * * 1-5' }), SETTING);
    expect(faults).toMatchObject([{ code: 'SCHEDULE_AMBIGUOUS', path: 'cronExpression' }]);
    for (const { next } of faults![0]!.readings!) expect(next[0]).toBeGreaterThan(NOW);
  });

  test("takes the deployment's word for it", () => {
    const setting = { ...SETTING, dialect: 'apscheduler' as const };
    expect(settleSchedule(draft({ cronExpression: '0 9 * * 1-5' }), setting)).toMatchObject({ dialect: 'apscheduler' });
  });

  test('names an unknown zone beside an unreadable text', () => {
    expect(codesOf({ cronExpression: '99 * * * *', timezone: 'Mars/X' })).toEqual([
      'SCHEDULE_INVALID cronExpression',
      'TIMEZONE_UNKNOWN timezone',
    ]);
    expect(codesOf({ timezone: 'Mars/X' })).toEqual(['TIMEZONE_UNKNOWN timezone']);
    expect(codesOf({ timezone: '' })).toEqual(['TIMEZONE_UNKNOWN timezone']);
  });

  test('hashes H by the job, and counts @every from the anchor', () => {
    const next = (overrides: Partial<ScheduleDraft>, anchorAt = NOW) => {
      const settled = settleSchedule(draft({ dialect: 'unix', ...overrides }), { ...SETTING, anchorAt });
      return settled.faults === undefined ? settled.schedule.next(NOW) : null;
    };
    const minutes = ['a', 'b', 'c', 'd', 'e'].map((jobId) => next({ cronExpression: 'H H * * *', jobId }));
    expect(new Set(minutes).size).toBeGreaterThan(1);
    expect(next({ cronExpression: '@every 90s' }, NOW - 10_000)).toBe(NOW + 80_000);
  });

  test.each(['', ' ', '\0', '* * * *', '* * * * * * * *', '@reboot', 'x'.repeat(100_000), '💥', '22-2 * * * *'])(
    'answers garbage with a fault, and never throws: %j',
    (cronExpression) => {
      expect(settleSchedule(draft({ cronExpression }), SETTING).faults).toMatchObject([{ path: 'cronExpression' }]);
    },
  );
});

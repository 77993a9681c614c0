import { describe, expect, it } from 'vitest';
import { parseSchedule, ScheduleError } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { describeSchedule } from '../../../../../../src/modules/foundation/domain/words/describe-schedule.ts';
import { GOLDEN_WORDS } from './golden-words.ts';

const SOURCE = { timezone: 'Asia/Shanghai', jobId: 'nightly', anchorAt: 0 };

for (const { title, dialect, rows } of GOLDEN_WORDS) {
  describe(`describeSchedule() says ${title}`, () => {
    it.each(rows)('%s', (text, english, chinese) => {
      const schedule = parseSchedule({ ...SOURCE, text, dialect });
      expect(describeSchedule(schedule, 'en')).toBe(`${english}, Asia/Shanghai`);
      expect(describeSchedule(schedule, 'zh-CN')).toBe(`${chinese}，Asia/Shanghai`);
    });
  });
}

describe('describeSchedule()', () => {
  it('reads a source as it reads a schedule', () => {
    const source = { ...SOURCE, text: '0 9 * * 1-5', dialect: 'unix' } as const;
    expect(describeSchedule(source, 'en')).toBe(describeSchedule(parseSchedule(source), 'en'));
  });

  it('leaves the zone out where it stands elsewhere', () => {
    const source = { ...SOURCE, text: '0 9 * * 1-5', dialect: 'unix' } as const;
    expect(describeSchedule(source, 'en', { withTimezone: false })).toBe('Every weekday at 09:00');
    expect(describeSchedule(source, 'zh-CN', { withTimezone: false })).toBe('每周一至周五 09:00');
  });

  it('throws the error of the reader for a source that cannot be read', () => {
    const source = { ...SOURCE, text: '0 9 * * 8', dialect: 'unix' } as const;
    expect(() => describeSchedule(source, 'en')).toThrow(ScheduleError);
  });

  it('says the same text in each dialect as that dialect means it', () => {
    const said = (dialect: 'unix' | 'apscheduler'): string =>
      describeSchedule({ ...SOURCE, text: '0 9 13 * 5', dialect }, 'en');
    expect(said('unix')).toBe('On the 13th of the month or on any Friday, at 09:00, Asia/Shanghai');
    expect(said('apscheduler')).toBe('On the 13th of the month if it is a Saturday, at 09:00, Asia/Shanghai');
  });

  it('tells which pass of a repeated hour an instant is', () => {
    const said = (text: string): string => describeSchedule({ text, dialect: 'unix', timezone: 'Europe/Berlin' }, 'en');
    expect(said('@at 2026-10-25T02:30:00+02:00')).toBe(
      'Once, on Sunday 25 October 2026 at 02:30 (UTC+02:00), Europe/Berlin',
    );
    expect(said('@at 2026-10-25T02:30:00+01:00')).toBe(
      'Once, on Sunday 25 October 2026 at 02:30 (UTC+01:00), Europe/Berlin',
    );
  });

  it('says the moved instant of a wall time that a gap removes', () => {
    const source = { text: '@at 2026-03-29T02:30:00', dialect: 'unix', timezone: 'Europe/Berlin' } as const;
    expect(describeSchedule(source, 'en')).toBe('Once, on Sunday 29 March 2026 at 03:30 (UTC+02:00), Europe/Berlin');
  });

  it('does not claim a job for H and @every that have none', () => {
    const said = (text: string): string => describeSchedule({ text, dialect: 'unix', timezone: 'UTC' }, 'en');
    expect(said('H 9 * * *')).toMatch(/^Every day at 09:\d\d \(H without a job id: minute \d+\), UTC$/);
    expect(said('@every 90s')).toBe('Every 90 seconds, counted from 1970-01-01T00:00Z, UTC');
    const chinese = describeSchedule({ text: 'H 9 * * *', dialect: 'unix', timezone: 'UTC' }, 'zh-CN');
    expect(chinese).toMatch(/（H，无任务标识：第 \d+ 分）/);
  });

  it('says what H became for each job', () => {
    const said = (jobId: string): string =>
      describeSchedule({ ...SOURCE, jobId, text: 'H 9 * * *', dialect: 'unix' }, 'en');
    const words = new Set(['a', 'b', 'c', 'd', 'e'].map(said));
    expect(words.size).toBeGreaterThan(1);
  });

  it('says hours, minutes and seconds of an offset that is not whole minutes', () => {
    const source = { text: '@at 1970-06-01T00:00:00Z', dialect: 'unix', timezone: 'Africa/Monrovia' } as const;
    expect(describeSchedule(source, 'en')).toContain('(UTC-00:44:30)');
  });
});

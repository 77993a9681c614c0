import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportFault } from '../../../../../../src/modules/foundation/domain/import/import-fault.ts';
import { readTriggerText } from '../../../../../../src/modules/foundation/domain/import/apscheduler-trigger-text.ts';

function faultOf(text: string): ImportFault {
  try {
    readTriggerText(text);
  } catch (error) {
    if (error instanceof ImportFault) return error;
    throw error;
  }
  throw new Error(`'${text}' was read`);
}

describe('readTriggerText()', () => {
  it.each([
    ['cron[]', 'cron', {}],
    ["cron[day='1-5/2,last', hour='9']", 'cron', { day: '1-5/2,last', hour: '9' }],
    ["<CronTrigger (hour='9', jitter=5, timezone='UTC')>", 'cron', { hour: '9', jitter: '5', timezone: 'UTC' }],
    ["<CronTrigger (, timezone='UTC')>", 'cron', { timezone: 'UTC' }],
    ['interval[0:05:00]', 'interval', { days: 0, hours: 0, minutes: 5, seconds: 0 }],
    ['interval[1 day, 3:00:01]', 'interval', { days: 1, hours: 3, minutes: 0, seconds: 1 }],
    ['interval[0:00:00.500000]', 'interval', { days: 0, hours: 0, minutes: 0, seconds: 0.5 }],
    [
      "<IntervalTrigger (interval=datetime.timedelta(0), timezone='UTC')>",
      'interval',
      { days: 0, seconds: 0, timezone: 'UTC' },
    ],
    [
      '<IntervalTrigger (interval=datetime.timedelta(days=1, seconds=5, microseconds=500000))>',
      'interval',
      { days: 1, seconds: 5.5 },
    ],
    ['date[2030-01-01 00:00:00 CST]', 'date', { run_date: '2030-01-01 00:00:00 CST' }],
    ["<DateTrigger (run_date='2030-01-01 00:00:00 CST')>", 'date', { run_date: '2030-01-01 00:00:00 CST' }],
  ])('takes %s apart', (text, kind, args) => {
    expect(readTriggerText(text)).toEqual({ kind, args });
  });

  it.each([
    ["cron[hour='9', oops]", 14],
    ["cron[hour=9']", 5],
    ["cron[hour='9' minute='0']", 5],
    ['interval[5 minutes]', 9],
    ['<IntervalTrigger (interval=datetime.timedelta(years=1))>', 18],
    ['calendarinterval[0:05:00]', 0],
    ['', 0],
  ])('refuses %j at offset %d', (text, position) => {
    expect(faultOf(text).detail).toMatchObject({ field: 'trigger', position });
  });

  it('says what to do with combined triggers', () => {
    for (const text of ["and[cron[hour='9'], interval[0:05:00]]", '<OrTrigger([])>']) {
      expect(faultOf(text).detail.hint).toBe('make one job of each trigger in it');
    }
  });

  it('refuses garbage with its own error and in no time', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((inner) => `cron[${inner}]`),
        ),
        (text) => {
          try {
            expect(['cron', 'interval', 'date']).toContain(readTriggerText(text).kind);
          } catch (error) {
            expect(error).toBeInstanceOf(ImportFault);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockText, wallMomentOf } from '../../../../../../src/modules/foundation/domain/words/wall-moment.ts';

describe('wallMomentOf()', () => {
  it.each([
    ['2030-01-31T01:00:00Z', 'Asia/Shanghai', '2030-1-31 4 09:00 UTC+08:00'],
    ['2030-01-31T01:00:30.250Z', 'America/New_York', '2030-1-30 3 20:00:30.250 UTC-05:00'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25 7 02:30 UTC+02:00'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25 7 02:30 UTC+01:00'],
    ['2026-06-30T23:59:59Z', 'Asia/Kathmandu', '2026-7-1 3 05:44:59 UTC+05:45'],
    ['1970-06-01T00:00:00Z', 'Africa/Monrovia', '1970-5-31 7 23:15:30 UTC-00:44:30'],
  ])('%s in %s', (instant, timezone, shown) => {
    const { year, month, day, weekday, time, offset } = wallMomentOf(Date.parse(instant), timezone);
    expect(`${year}-${month}-${day} ${weekday} ${time} ${offset}`).toBe(shown);
  });

  it('agrees with Intl at any instant', () => {
    const zones = fc.constantFrom('UTC', 'Asia/Tokyo', 'Europe/Dublin', 'Australia/Lord_Howe', 'America/Sao_Paulo');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), zones, (seconds, timezone) => {
        const parts = new Intl.DateTimeFormat('en-CA-u-hc-h23', {
          timeZone: timezone,
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        const { year, month, day, time } = wallMomentOf(seconds * 1000, timezone);
        const [date, clock] = parts.format(seconds * 1000).split(', ');
        expect(date).toBe(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);
        expect(time.length === 5 ? `${time}:00` : time).toBe(clock);
      }),
    );
  });
});

describe('clockText()', () => {
  it('shows seconds where they are asked for', () => {
    expect(clockText(0, false)).toBe('00:00');
    expect(clockText(86_399, true)).toBe('23:59:59');
  });
});

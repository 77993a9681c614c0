import { expect, test } from 'vitest';
import { following, iso, refusal, schedule } from './occurrences.ts';

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['1w', 604_800_000],
  ['PT15M', 900_000],
  ['pt1h30m5s', 5_405_000],
  ['P1DT2H', 93_600_000],
  ['P2W', 1_209_600_000],
  ['90m', 5_400_000],
])('@every %s counts that much elapsed time from the anchor', (text, interval) => {
  for (const dialect of ['apscheduler', 'unix', 'quartz'] as const) {
    const anchorAt = Date.parse('2026-03-08T06:59:12.345Z');
    const one = schedule(`@every ${text}`, { dialect, anchorAt, timezone: 'America/New_York' });
    expect(one.many(anchorAt, 3)).toEqual([1, 2, 3].map((k) => anchorAt + k * interval));
    expect(one.next(0)).toBe(anchorAt + interval);
    expect(one.previous(anchorAt + interval)).toBeNull();
    expect(one.previous(anchorAt + 2 * interval)).toBe(anchorAt + interval);
    expect(one.isFixedTime).toBe(false);
  }
});

test('@every counts, lists and matches by arithmetic', () => {
  const one = schedule('@every 1m', { anchorAt: 30_000 });
  expect(one.count(30_000, 30_000 + 60_000 * 1_000_000)).toBe(1_000_000);
  expect(one.count(90_000, 90_000)).toBe(0);
  expect(one.count(-1e12, 90_000)).toBe(1);
  expect(one.last(2, 0, 300_000)).toEqual([210_000, 270_000]);
  expect([one.matches(30_000), one.matches(90_000), one.matches(90_001)]).toEqual([false, true, false]);
  expect(one.note(90_000)).toBeNull();
  expect(one.next(Number.NaN)).toBeNull();
  expect(one.next(Date.UTC(2201, 0, 1))).toBeNull();
});

test('@every without an anchor counts from the epoch', () => {
  expect(following(schedule('@every 1h'), '2026-01-01T00:30Z', 1)).toEqual(['2026-01-01T01:00Z']);
});

test.each([
  ['@every', 0, /wants a duration/],
  ['@every 0s', 7, /at least one second/],
  ['@every 5', 7, /not a duration/],
  ['@every 1.5h', 7, /not a duration/],
  ['@every 30m1h', 7, /not a duration/],
  ['@every 5m5m', 7, /not a duration/],
  ['@every -5m', 7, /not a duration/],
  ['@every P1M', 7, /differ in length/],
  ['@every P1Y', 7, /differ in length/],
  ['@every P', 7, /not a duration/],
  ['@every PT', 7, /not a duration/],
  ['@every   1h 30m', 9, /not a duration/],
  ['@every 40000d', 7, /at most 100 years/],
  ['@at', 0, /wants an instant/],
  ['@at tomorrow', 4, /not an instant/],
  ['@at 2026-02-30T09:00', 4, /no such date/],
  ['@at 2026-13-01T09:00', 4, /no such date/],
  ['@at 2026-01-01T24:00', 4, /no such time/],
  ['@at 2026-01-01T23:59:60Z', 4, /no such time/],
  ['@at 2026-01-01', 4, /not an instant/],
  ['@at 2026-01-01T09:00+0800', 4, /not an instant; an offset has a colon: '2026-01-01T09:00[+]08:00'/],
  ['@at 2026-01-01T09:00:00.5-0330', 4, /'2026-01-01T09:00:00[.]5-03:30'/],
  ['@at 2026-01-01T9+0800', 4, /not an instant; say/],
  ['@at 1969-12-31T00:00Z', 4, /outside 1970-2200/],
  ['@at 2026-01-01T09:00+25:00', 4, /no offset/],
])('parseSchedule() refuses %j at %i', (text, position, reason) => {
  expect(refusal(text)).toMatchObject({ code: 'SCHEDULE_INVALID', position, message: expect.stringMatching(reason) });
});

test.each([
  ['@at 2026-06-01T09:00:00Z', 'Asia/Tokyo', '2026-06-01T09:00Z'],
  ['@at 2026-06-01t09:00:00+02:00', 'Asia/Tokyo', '2026-06-01T07:00Z'],
  ['@AT 2026-06-01T09:00', 'Asia/Tokyo', '2026-06-01T00:00Z'],
  ['@at 2026-06-01 09:00:30', 'Asia/Tokyo', '2026-06-01T00:00:30Z'],
  // In a gap, by its length; in an overlap, the first pass.
  ['@at 2026-03-08T02:30', 'America/New_York', '2026-03-08T07:30Z moved'],
  ['@at 2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30Z firstPass'],
  ['@at 2025-10-05T02:15', 'Australia/Lord_Howe', '2025-10-04T15:45Z moved'],
])('%s in %s fires once', (text, timezone, fires) => {
  const one = schedule(text, { timezone });
  expect(following(one, '2000-01-01T00:00Z', 5)).toEqual([fires]);
  const at = one.next(0)!;
  expect([one.next(at), one.previous(at), one.previous(at + 1)]).toEqual([null, null, at]);
  expect([one.count(at - 1, at), one.count(at, at + 1), one.last(1, 0, at)]).toEqual([1, 0, [at]]);
  expect([one.matches(at), one.matches(at + 1), one.note(at + 1)]).toEqual([true, false, null]);
});

test('@at keeps milliseconds', () => {
  expect(schedule('@at 2026-06-01T09:00:00.25Z').next(0)).toBe(Date.parse('2026-06-01T09:00:00.250Z'));
});

test('@at follows dstGap, and is refused where the rule or a lost day leaves it out', () => {
  const timezone = 'America/New_York';
  const text = '@at 2026-03-08T02:30';
  expect(iso(schedule(text, { timezone, dstGap: 'gapEnd' }).next(0)!)).toBe('2026-03-08T07:00Z');
  expect(refusal(text, { timezone, dstGap: 'skip' })).toMatchObject({ code: 'SCHEDULE_NEVER_FIRES' });
  expect(refusal('@at 2011-12-30T12:00', { timezone: 'Pacific/Apia' })).toMatchObject({ code: 'SCHEDULE_NEVER_FIRES' });
});

/** Changes of offset of every kind, as instants. */
const CHANGES: readonly (readonly [string, string])[] = [
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['Australia/Lord_Howe', '2025-10-04T15:30Z'],
  ['Australia/Lord_Howe', '2025-04-05T15:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Antarctica/Troll', '2025-03-30T01:00Z'],
  ['Antarctica/Casey', '2018-10-06T20:00Z'],
  ['Antarctica/Casey', '2019-03-16T16:00Z'],
  ['Antarctica/Vostok', '1994-11-01T00:00Z'],
  ['Asia/Kathmandu', '1985-12-31T18:30Z'],
  ['Africa/Casablanca', '2025-02-23T02:00Z'],
];

test.each(CHANGES)('@at in %s around %s fires when a cron text of the same wall time does', (timezone, change) => {
  for (let minutes = -30 * 60; minutes <= 30 * 60; minutes += 7) {
    const wall = new Date(Date.parse(change) + minutes * 60_000);
    const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate()];
    const [hour, minute] = [wall.getUTCHours(), wall.getUTCMinutes()];
    for (const dstGap of ['shift', 'gapEnd', 'skip'] as const) {
      const text = `0 ${minute} ${hour} ${day} ${month} ? ${year}`;
      const cron = schedule(text, { dialect: 'quartz', timezone, dstGap });
      const expected = following(cron, '1970-01-01T00:00Z', 2);
      const at = `@at ${wall.toISOString().slice(0, 16)}`;
      const found = refusal(at, { timezone, dstGap });
      if (found === undefined)
        expect(following(schedule(at, { timezone, dstGap }), '1970-01-01T00:00Z', 2), at).toEqual(expected);
      else expect([found, expected], at).toMatchObject([{ code: 'SCHEDULE_NEVER_FIRES' }, []]);
    }
  }
});

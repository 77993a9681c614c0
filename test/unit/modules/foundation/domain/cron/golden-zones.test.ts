/**
 * Golden tables: changes of offset of every odd kind, computed by hand from the tz database (as compiled by zic, not from
 * the runtime's own data).
 */
import { expect, test } from 'vitest';
import { following, type Options, schedule } from './occurrences.ts';

interface Golden {
  readonly zone: string;
  readonly text: string;
  readonly after: string;
  readonly fires: readonly string[];
  readonly rules?: Options;
}

const gaps: readonly Golden[] = [
  // 02:00 +10:30 becomes 02:30 +11: half an hour.
  {
    zone: 'Australia/Lord_Howe',
    text: '15 2 * * *',
    after: '2025-10-04T00:00Z',
    fires: ['2025-10-04T15:45Z moved', '2025-10-05T15:15Z'],
  },
  // 00:00 -3 becomes 01:00 -2: midnight does not exist.
  {
    zone: 'America/Sao_Paulo',
    text: '0 0 * * *',
    after: '2018-11-03T12:00Z',
    fires: ['2018-11-04T03:00Z moved', '2018-11-05T02:00Z'],
  },
  {
    zone: 'America/Sao_Paulo',
    text: '30 0 * * *',
    after: '2018-11-03T12:00Z',
    fires: ['2018-11-04T03:30Z moved', '2018-11-05T02:30Z'],
  },
  {
    zone: 'America/Sao_Paulo',
    text: '30 0 * * *',
    after: '2018-11-03T12:00Z',
    rules: { dstGap: 'gapEnd' },
    fires: ['2018-11-04T03:00Z moved', '2018-11-05T02:30Z'],
  },
  {
    zone: 'America/Sao_Paulo',
    text: '30 0 * * *',
    after: '2018-11-03T12:00Z',
    rules: { dstGap: 'skip' },
    fires: ['2018-11-05T02:30Z'],
  },
  // Negative daylight saving: winter is the exception, and the wall clock does what it does elsewhere.
  {
    zone: 'Europe/Dublin',
    text: '30 1 * * *',
    after: '2025-03-29T12:00Z',
    fires: ['2025-03-30T01:30Z moved', '2025-03-31T00:30Z'],
  },
  // 01:00 +0 becomes 03:00 +2: two hours.
  {
    zone: 'Antarctica/Troll',
    text: '30 1 * * *',
    after: '2025-03-29T12:00Z',
    fires: ['2025-03-30T01:30Z moved', '2025-03-30T23:30Z'],
  },
  {
    zone: 'Antarctica/Troll',
    text: '30 2 * * *',
    after: '2025-03-29T12:00Z',
    fires: ['2025-03-30T02:30Z moved', '2025-03-31T00:30Z'],
  },
  {
    zone: 'Antarctica/Troll',
    text: '30 2 * * *',
    after: '2025-03-29T12:00Z',
    rules: { dstGap: 'gapEnd' },
    fires: ['2025-03-30T01:00Z moved', '2025-03-31T00:30Z'],
  },
  // On a Friday at midnight.
  {
    zone: 'Africa/Cairo',
    text: '30 0 * * *',
    after: '2025-04-24T12:00Z',
    fires: ['2025-04-24T22:30Z moved', '2025-04-25T21:30Z'],
  },
  // +5:30 becomes +5:45 for good at New Year 1986: a quarter of an hour.
  {
    zone: 'Asia/Kathmandu',
    text: '5 0 * * *',
    after: '1985-12-31T00:00Z',
    fires: ['1985-12-31T18:35Z moved', '1986-01-01T18:20Z'],
  },
  // At one minute past midnight.
  {
    zone: 'America/St_Johns',
    text: '30 0 * * *',
    after: '2011-03-12T12:00Z',
    fires: ['2011-03-13T04:00Z moved', '2011-03-14T03:00Z'],
  },
  {
    zone: 'America/St_Johns',
    text: '0 0 * * *',
    after: '2011-03-12T12:00Z',
    fires: ['2011-03-13T03:30Z', '2011-03-14T02:30Z'],
  },
  // The end of Ramadan.
  {
    zone: 'Africa/Casablanca',
    text: '30 2 * * *',
    after: '2025-04-05T12:00Z',
    fires: ['2025-04-06T02:30Z moved', '2025-04-07T01:30Z'],
  },
  {
    zone: 'Asia/Gaza',
    text: '30 2 * * *',
    after: '2025-04-11T12:00Z',
    fires: ['2025-04-12T00:30Z moved', '2025-04-12T23:30Z'],
  },
  // Exactly three hours are still made up for.
  {
    zone: 'Antarctica/Casey',
    text: '0 5 * * *',
    after: '2018-10-06T12:00Z',
    fires: ['2018-10-06T21:00Z moved', '2018-10-07T18:00Z'],
  },
  // Seconds in an offset: -0:44:30 becomes 0.
  {
    zone: 'Africa/Monrovia',
    text: '30 0 * * *',
    after: '1972-01-06T12:00Z',
    fires: ['1972-01-07T01:14:30Z moved', '1972-01-08T00:30Z'],
  },
];

const overlaps: readonly Golden[] = [
  {
    zone: 'Australia/Lord_Howe',
    text: '45 1 * * *',
    after: '2025-04-05T00:00Z',
    fires: ['2025-04-05T14:45Z firstPass', '2025-04-06T15:15Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    text: '45 1 * * *',
    after: '2025-04-05T00:00Z',
    rules: { dstOverlap: 'both' },
    fires: ['2025-04-05T14:45Z', '2025-04-05T15:15Z repeated', '2025-04-06T15:15Z'],
  },
  // 00:00 -2 becomes 23:00 -3 of the day before.
  {
    zone: 'America/Sao_Paulo',
    text: '30 23 * * *',
    after: '2019-02-16T12:00Z',
    fires: ['2019-02-17T01:30Z firstPass', '2019-02-18T02:30Z'],
  },
  {
    zone: 'America/Sao_Paulo',
    text: '0 0 * * *',
    after: '2019-02-16T12:00Z',
    fires: ['2019-02-17T03:00Z', '2019-02-18T03:00Z'],
  },
  {
    zone: 'Europe/Dublin',
    text: '30 1 * * *',
    after: '2025-10-25T12:00Z',
    fires: ['2025-10-26T00:30Z firstPass', '2025-10-27T01:30Z'],
  },
  {
    zone: 'Antarctica/Troll',
    text: '30 1 * * *',
    after: '2025-10-25T12:00Z',
    fires: ['2025-10-25T23:30Z firstPass', '2025-10-27T01:30Z'],
  },
  {
    zone: 'Antarctica/Troll',
    text: '30 2 * * *',
    after: '2025-10-25T12:00Z',
    fires: ['2025-10-26T00:30Z firstPass', '2025-10-27T02:30Z'],
  },
  {
    zone: 'Africa/Cairo',
    text: '30 23 * * *',
    after: '2025-10-30T00:00Z',
    fires: ['2025-10-30T20:30Z firstPass', '2025-10-31T21:30Z'],
  },
  {
    zone: 'America/St_Johns',
    text: '30 23 * * *',
    after: '2010-11-06T12:00Z',
    fires: ['2010-11-07T02:00Z firstPass', '2010-11-08T03:00Z'],
  },
  {
    zone: 'America/St_Johns',
    text: '0 0 * * *',
    after: '2010-11-06T12:00Z',
    fires: ['2010-11-07T02:30Z firstPass', '2010-11-08T03:30Z'],
  },
  // Ramadan begins.
  {
    zone: 'Africa/Casablanca',
    text: '30 2 * * *',
    after: '2025-02-22T12:00Z',
    fires: ['2025-02-23T01:30Z firstPass', '2025-02-24T02:30Z'],
  },
  {
    zone: 'Asia/Gaza',
    text: '30 1 * * *',
    after: '2025-10-24T12:00Z',
    fires: ['2025-10-24T22:30Z firstPass', '2025-10-25T23:30Z'],
  },
];

const lostTime: readonly Golden[] = [
  // 30 December 2011 does not exist.
  {
    zone: 'Pacific/Apia',
    text: '0 9 * * *',
    after: '2011-12-29T00:00Z',
    fires: ['2011-12-29T19:00Z', '2011-12-30T19:00Z', '2011-12-31T19:00Z'],
  },
  { zone: 'Pacific/Apia', text: '0 9 30 12 *', after: '2011-12-01T00:00Z', fires: ['2012-12-29T19:00Z'] },
  { zone: 'Pacific/Apia', text: '*/30 * 30 12 *', after: '2011-12-01T00:00Z', fires: ['2012-12-29T10:00Z'] },
  // 0 becomes +7: seven hours are not made up for.
  { zone: 'Antarctica/Vostok', text: '0 3 * * *', after: '1994-10-31T12:00Z', fires: ['1994-11-01T20:00Z'] },
];

const intervals: readonly Golden[] = [
  {
    zone: 'America/New_York',
    text: '*/30 * * * *',
    after: '2026-03-08T06:00Z',
    fires: ['2026-03-08T06:30Z', '2026-03-08T07:00Z', '2026-03-08T07:30Z'],
  },
  {
    zone: 'America/New_York',
    text: '30 2-3 * * *',
    after: '2026-03-08T06:00Z',
    fires: ['2026-03-08T07:30Z', '2026-03-09T06:30Z'],
  },
  {
    zone: 'America/New_York',
    text: '30 * * * *',
    after: '2026-11-01T04:45Z',
    fires: ['2026-11-01T05:30Z', '2026-11-01T06:30Z repeated', '2026-11-01T07:30Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    text: '*/20 * * * *',
    after: '2025-04-05T14:30Z',
    fires: ['2025-04-05T14:40Z', '2025-04-05T15:10Z repeated', '2025-04-05T15:30Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    text: '0 */2 * * *',
    after: '2025-10-04T14:00Z',
    fires: ['2025-10-04T17:00Z', '2025-10-04T19:00Z'],
  },
];

const titled = (rows: readonly Golden[]) =>
  rows.map((row) => ({ ...row, title: `${row.text} in ${row.zone} ${JSON.stringify(row.rules ?? {})}` }));

function check({ zone, text, after, rules, fires }: Golden): void {
  expect(following(schedule(text, { timezone: zone, ...rules }), after, fires.length)).toEqual(fires);
}

test.each(titled(gaps))('Schedule.next() fires once out of a gap: $title', check);
test.each(titled(overlaps))('Schedule.next() fires by its rule in an overlap: $title', check);
test.each(titled(lostTime))('Schedule.next() does not make up for a lost day: $title', check);
test.each(titled(intervals))('Schedule.next() keeps real elapsed time for intervals: $title', check);

test.each(titled([...gaps, ...overlaps, ...lostTime, ...intervals]))(
  'Schedule.previous() finds the same occurrences backwards: $title',
  ({ zone, text, after, rules, fires }) => {
    const one = schedule(text, { timezone: zone, ...rules });
    const forward = one.many(Date.parse(after), fires.length);
    const backward = forward.map((_, index) => one.previous(forward[index + 1] ?? forward.at(-1)! + 1));
    expect(backward).toEqual(forward);
    expect(one.count(Date.parse(after), forward.at(-1)!)).toBe(fires.length);
  },
);

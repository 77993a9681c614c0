import { expect, test } from 'vitest';
import { following, iso, schedule } from './occurrences.ts';

const NEW_YORK = { timezone: 'America/New_York' };

test('nextFire() fires 02:30 once across the spring gap', () => {
  const one = schedule('30 2 * * *', NEW_YORK);
  expect(following(one, '2026-03-07T08:00Z', 2)).toEqual(['2026-03-08T07:30Z moved', '2026-03-09T06:30Z']);
});

test('nextFire() fires 01:30 once in the autumn overlap, on the first pass', () => {
  const one = schedule('30 1 * * *', NEW_YORK);
  expect(following(one, '2026-10-31T12:00Z', 2)).toEqual(['2026-11-01T05:30Z firstPass', '2026-11-02T06:30Z']);
});

test('Schedule.note() says merged where a moved occurrence falls on another one', () => {
  const one = schedule('30 2,3 * * *', NEW_YORK);
  expect(following(one, '2026-03-08T05:00Z', 2)).toEqual(['2026-03-08T07:30Z merged', '2026-03-09T06:30Z']);
  expect(one.count(Date.UTC(2026, 2, 8, 5), Date.UTC(2026, 2, 9, 5))).toBe(1);
});

test('Schedule.note() says merged where the end of a gap gathers several', () => {
  const one = schedule('0,30 2 * * *', { ...NEW_YORK, dstGap: 'gapEnd' });
  expect(following(one, '2026-03-08T05:00Z', 2)).toEqual(['2026-03-08T07:00Z merged', '2026-03-09T06:00Z']);
});

test('Schedule.next() keeps moved and regular occurrences in order', () => {
  const one = schedule('15,30 2,3 * * *', NEW_YORK);
  expect(following(one, '2026-03-08T05:00Z', 3)).toEqual([
    '2026-03-08T07:15Z merged',
    '2026-03-08T07:30Z merged',
    '2026-03-09T06:15Z',
  ]);
  const odd = schedule('0 30 2 * * *', NEW_YORK);
  expect(following(odd, '2026-03-08T05:00Z', 1)).toEqual(['2026-03-08T07:30Z moved']);
});

test('Schedule.note() is null for an ordinary occurrence and for no occurrence', () => {
  const one = schedule('0 9 * * *', NEW_YORK);
  expect(one.note(Date.parse('2026-06-01T13:00Z'))).toBeNull();
  expect(one.note(Date.parse('2026-06-01T13:01Z'))).toBeNull();
});

test('Schedule.next() is strictly after, and previous() strictly before', () => {
  const one = schedule('*/5 * * * *');
  const at = Date.parse('2026-01-01T00:05Z');
  expect(iso(one.next(at)!)).toBe('2026-01-01T00:10Z');
  expect(iso(one.next(at - 1)!)).toBe('2026-01-01T00:05Z');
  expect(iso(one.previous(at)!)).toBe('2026-01-01T00:00Z');
  expect(iso(one.previous(at + 1)!)).toBe('2026-01-01T00:05Z');
});

test('Schedule.next() finds 29 February across the years that leave it out', () => {
  const one = schedule('0 0 29 2 *', NEW_YORK);
  expect(following(one, '2096-03-01T00:00Z', 2)).toEqual(['2104-02-29T05:00Z', '2108-02-29T05:00Z']);
  expect(iso(one.previous(Date.UTC(2104, 0, 1))!)).toBe('2096-02-29T05:00Z');
});

test('Schedule.next() knows the years 1970 to 2200 and answers null beyond them', () => {
  const one = schedule('0 0 1 1 *');
  expect(iso(one.next(-1e15)!)).toBe('1970-01-01T00:00Z');
  expect(iso(one.next(Date.UTC(2199, 5, 1))!)).toBe('2200-01-01T00:00Z');
  expect(one.next(Date.UTC(2200, 0, 1))).toBeNull();
  expect(one.next(Number.NaN)).toBeNull();
  expect(one.next(Number.POSITIVE_INFINITY)).toBeNull();
  expect(iso(one.previous(1e15)!)).toBe('2200-01-01T00:00Z');
  expect(one.previous(0)).toBeNull();
  expect(one.previous(Number.NaN)).toBeNull();
});

test('Schedule.next() answers null after the last year that a text names', () => {
  const one = schedule("year='2024' month=6", { dialect: 'apscheduler', timezone: 'Europe/Paris' });
  expect(one.next(Date.UTC(2025, 0, 1))).toBeNull();
  expect(one.previous(Date.UTC(2024, 0, 1))).toBeNull();
  expect(following(one, '2024-01-01T00:00Z', 2)).toEqual(['2024-05-31T22:00Z']);
});

test('Schedule.count() counts every second of ten years in less than a millisecond', () => {
  const one = schedule('* * * * * *', { timezone: 'Europe/Berlin' });
  const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2036, 0, 1)];
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now();
    expect(one.count(from, to)).toBe((to - from) / 1000);
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(1);
});

test('Schedule.count() excludes where it starts and includes where it ends', () => {
  const one = schedule('0 * * * *');
  const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)];
  expect(one.count(from, to)).toBe(24);
  expect(one.count(from - 1, to - 1)).toBe(24);
  expect(one.count(to, from)).toBe(0);
  expect(one.count(from, from)).toBe(0);
});

test('Schedule.last() gives the last n of a window, oldest first', () => {
  const one = schedule('0 * * * *');
  const to = Date.parse('2026-01-02T00:30Z');
  expect(one.last(3, 0, to).map(iso)).toEqual(['2026-01-01T22:00Z', '2026-01-01T23:00Z', '2026-01-02T00:00Z']);
  expect(one.last(3, Date.parse('2026-01-01T23:00Z'), to).map(iso)).toEqual(['2026-01-02T00:00Z']);
  expect(one.last(0, 0, to)).toEqual([]);
});

test('Schedule.many() takes nothing for a limit below one', () => {
  expect(schedule('* * * * *').many(0, 0)).toEqual([]);
  expect(schedule('* * * * *').many(0, Number.NaN)).toEqual([]);
});

test('Schedule.matches() is true at an occurrence alone, to the millisecond', () => {
  const one = schedule('0 9 * * *', NEW_YORK);
  const at = Date.parse('2026-06-01T13:00Z');
  expect([at - 1, at, at + 1, at + 60_000].map((ms) => one.matches(ms))).toEqual([false, true, false, false]);
});

test.each([
  ['0 9 * * *', true],
  ['0,30 9,17 * * 1-5', true],
  ['H H * * *', true],
  ['H H(0-7) * * *', true],
  ['0 9-17 * * *', false],
  ['*/5 9 * * *', false],
  ['H/5 9 * * *', false],
  ['0/30 9 * * *', false],
  ['* 0 9 * * *', false],
  ['@daily', true],
  ['@hourly', false],
])('Schedule.isFixedTime of %s is %s', (text, isFixed) => {
  expect(schedule(text).isFixedTime).toBe(isFixed);
});

test('Schedule.next() finds the second pass of a rare occurrence before it leaps to the next year', () => {
  const both = schedule('30 1 1 11 *', { ...NEW_YORK, dstOverlap: 'both' });
  const expected = ['2026-11-01T05:30Z', '2026-11-01T06:30Z repeated', '2027-11-01T05:30Z'];
  expect(following(both, '2026-01-01T00:00Z', 3)).toEqual(expected);
  expect(following(both, '2026-11-01T05:30Z', 2)).toEqual(expected.slice(1));
  expect(iso(both.previous(Date.parse('2027-11-01T05:30Z'))!)).toBe('2026-11-01T06:30Z');
  expect(iso(both.previous(Date.parse('2026-11-01T06:30Z'))!)).toBe('2026-11-01T05:30Z');
});

test('Schedule.previous() finds a rare moved occurrence before it leaps to the year before', () => {
  const yearly = schedule('30 2 8 3 *', NEW_YORK);
  expect(iso(yearly.previous(Date.parse('2026-03-08T08:00Z'))!)).toBe('2026-03-08T07:30Z');
  expect(iso(yearly.previous(Date.parse('2026-03-08T07:30Z'))!)).toBe('2025-03-08T07:30Z');
  expect(iso(yearly.next(Date.parse('2026-03-08T07:00Z'))!)).toBe('2026-03-08T07:30Z');
});

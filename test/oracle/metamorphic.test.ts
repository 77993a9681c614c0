/**
 * Properties that hold between a schedule's own answers, in any zone and at any time, without an oracle.
 */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { parseSchedule, type Schedule } from '../../src/modules/foundation/domain/schedule.ts';
import type { NaiveCron } from './naive-cron.ts';
import { anyCron, unixCrons } from './naive-dates.ts';
import { ZONES } from './window-pool.ts';

vi.setConfig({ testTimeout: 3_600_000 });

const SEED = Number(process.env['ORACLE_SEED'] ?? 20_261_123);
const RUNS = Math.max(500, Math.floor(Number(process.env['ORACLE_CASES'] ?? 0) / 400));

const zones = fc.constantFrom(...ZONES);
const instants = fc.integer({ min: 0, max: Date.UTC(2190, 0, 1) });
const policies = fc.record({
  dstGap: fc.constantFrom('shift' as const, 'gapEnd' as const, 'skip' as const),
  dstOverlap: fc.constantFrom('first' as const, 'both' as const),
});

function read(cron: NaiveCron, timezone: string, rules: object = {}): Schedule | null {
  try {
    return parseSchedule({ text: cron.text, dialect: cron.dialect, timezone, ...rules });
  } catch (error) {
    expect(error).toMatchObject({ code: 'SCHEDULE_NEVER_FIRES' });
    return null;
  }
}

test('Schedule.many() strictly increases, and previous() walks it back', () => {
  fc.assert(
    fc.property(anyCron, zones, instants, policies, (cron, zone, at, rules) => {
      const one = read(cron, zone, rules);
      const list = one?.many(at, 30) ?? [];
      for (const [index, instant] of list.entries()) {
        expect(instant).toBeGreaterThan(list[index - 1] ?? at);
        expect(one!.previous(instant + 1)).toBe(instant);
        if (index > 0) expect(one!.previous(instant)).toBe(list[index - 1]);
        expect(one!.matches(instant)).toBe(true);
      }
      const [first] = list;
      const before = first === undefined ? null : one!.previous(first);
      if (before !== null) expect(before).toBeLessThanOrEqual(at);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

test('Schedule.count() equals the walk, adds up, and last() is the end of it', () => {
  fc.assert(
    fc.property(anyCron, zones, instants, policies, (cron, zone, at, rules) => {
      const one = read(cron, zone, rules);
      const walk = one?.many(at, 200) ?? [];
      const end = walk.at(-1);
      if (one === null || end === undefined) return;
      expect(one.count(at, end)).toBe(walk.length);
      expect(one.count(at, end - 1)).toBe(walk.length - 1);
      const middle = at + Math.floor((end - at) / 3);
      expect(one.count(at, middle) + one.count(middle, end)).toBe(walk.length);
      expect(one.last(7, at, end)).toEqual(walk.slice(-7));
      expect(one.last(1000, at, end)).toEqual(walk);
    }),
    { numRuns: RUNS, seed: SEED + 1 },
  );
});

test('Schedule of a finer text contains the occurrences of a coarser one', () => {
  fc.assert(
    fc.property(unixCrons, zones, instants, (cron, zone, at) => {
      const coarse = read(cron, zone);
      if (coarse === null || coarse.isFixedTime) return;
      const everySecond = parseSchedule({ text: '* * * * * *', dialect: 'unix', timezone: zone });
      for (const instant of coarse.many(at, 20)) expect(everySecond.matches(instant)).toBe(true);
    }),
    { numRuns: RUNS, seed: SEED + 2 },
  );
});

test.each([
  ['*/5 * * * *', '*/15 * * * *'],
  ['0 */2 * * *', '0 */6 * * *'],
  ['0,30 9,17 * * *', '0 9 * * *'],
  ['0 9 * * *', '0 9 * * 1-5'],
  ['0 0 * * *', '0 0 L * *'],
  ['0 0 * * 1-5', '0 0 * * 5#2'],
  ['0 2 * * *', '0 2 1 * *'],
])('Schedule of %s contains that of %s in every zone', (fine, coarse) => {
  for (const timezone of ZONES) {
    const finer = parseSchedule({ text: fine, dialect: 'unix', timezone });
    const list = parseSchedule({ text: coarse, dialect: 'unix', timezone }).many(Date.UTC(2011, 8, 1), 40);
    expect(list.filter((at) => !finer.matches(at))).toEqual([]);
  }
});

test('Schedule of an interval-like text fires at real elapsed time: every five minutes is every five minutes', () => {
  for (const timezone of ZONES) {
    const one = parseSchedule({ text: '*/5 * * * *', dialect: 'unix', timezone });
    const [from, to] = [Date.UTC(2020, 0, 1), Date.UTC(2030, 0, 1)];
    expect(one.count(from, to), timezone).toBe((to - from) / 300_000);
  }
});

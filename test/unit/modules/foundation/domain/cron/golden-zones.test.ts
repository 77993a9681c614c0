/**
 * Golden tables: changes of offset of every odd kind, computed by hand from the tz database (as compiled by zic, not from
 * the runtime's own data). A row: zone | text | rule, if not the default | after | occurrences and what a rule did to them.
 */
import { expect, test } from 'vitest';
import type { Schedule } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { following, schedule } from './occurrences.ts';

/** Half an hour; midnight; negative daylight saving; two hours; a quarter for good; a minute past midnight; Ramadan. */
const GAPS = `
  Australia/Lord_Howe | 15 2 * * * |        | 2025-10-04T00:00Z | 2025-10-04T15:45Z moved, 2025-10-05T15:15Z
  Australia/Lord_Howe | 15 2 * * * | gapEnd | 2025-10-04T00:00Z | 2025-10-04T15:30Z moved, 2025-10-05T15:15Z
  America/Sao_Paulo   | 0 0 * * *  |        | 2018-11-03T12:00Z | 2018-11-04T03:00Z moved, 2018-11-05T02:00Z
  America/Sao_Paulo   | 30 0 * * * |        | 2018-11-03T12:00Z | 2018-11-04T03:30Z moved, 2018-11-05T02:30Z
  America/Sao_Paulo   | 30 0 * * * | gapEnd | 2018-11-03T12:00Z | 2018-11-04T03:00Z moved, 2018-11-05T02:30Z
  America/Sao_Paulo   | 30 0 * * * | skip   | 2018-11-03T12:00Z | 2018-11-05T02:30Z
  Europe/Dublin       | 30 1 * * * |        | 2025-03-29T12:00Z | 2025-03-30T01:30Z moved, 2025-03-31T00:30Z
  Antarctica/Troll    | 30 1 * * * |        | 2025-03-29T12:00Z | 2025-03-30T01:30Z moved, 2025-03-30T23:30Z
  Antarctica/Troll    | 30 2 * * * |        | 2025-03-29T12:00Z | 2025-03-30T02:30Z moved, 2025-03-31T00:30Z
  Antarctica/Troll    | 30 2 * * * | gapEnd | 2025-03-29T12:00Z | 2025-03-30T01:00Z moved, 2025-03-31T00:30Z
  Africa/Cairo        | 30 0 * * * |        | 2025-04-24T12:00Z | 2025-04-24T22:30Z moved, 2025-04-25T21:30Z
  Asia/Kathmandu      | 5 0 * * *  |        | 1985-12-31T00:00Z | 1985-12-31T18:35Z moved, 1986-01-01T18:20Z
  America/St_Johns    | 30 0 * * * |        | 2011-03-12T12:00Z | 2011-03-13T04:00Z moved, 2011-03-14T03:00Z
  America/St_Johns    | 0 0 * * *  |        | 2011-03-12T12:00Z | 2011-03-13T03:30Z, 2011-03-14T02:30Z
  Africa/Casablanca   | 30 2 * * * |        | 2025-04-05T12:00Z | 2025-04-06T02:30Z moved, 2025-04-07T01:30Z
  Asia/Gaza           | 30 2 * * * |        | 2025-04-11T12:00Z | 2025-04-12T00:30Z moved, 2025-04-12T23:30Z
`;

/** Exactly three hours are made up for; an offset may have seconds (-0:44:30 becomes 0). */
const ODD_GAPS = `
  Antarctica/Casey    | 0 5 * * *  |        | 2018-10-06T12:00Z | 2018-10-06T21:00Z moved, 2018-10-07T18:00Z
  Africa/Monrovia     | 30 0 * * * |        | 1972-01-06T12:00Z | 1972-01-07T01:14:30Z moved, 1972-01-08T00:30Z
`;

const OVERLAPS = `
  Australia/Lord_Howe | 45 1 * * *  |      | 2025-04-05T00:00Z | 2025-04-05T14:45Z firstPass, 2025-04-06T15:15Z
  Australia/Lord_Howe | 45 1 * * *  | both | 2025-04-05T00:00Z | 2025-04-05T14:45Z, 2025-04-05T15:15Z repeated
  America/Sao_Paulo   | 30 23 * * * |      | 2019-02-16T12:00Z | 2019-02-17T01:30Z firstPass, 2019-02-18T02:30Z
  America/Sao_Paulo   | 0 0 * * *   |      | 2019-02-16T12:00Z | 2019-02-17T03:00Z, 2019-02-18T03:00Z
  Europe/Dublin       | 30 1 * * *  |      | 2025-10-25T12:00Z | 2025-10-26T00:30Z firstPass, 2025-10-27T01:30Z
  Antarctica/Troll    | 30 1 * * *  |      | 2025-10-25T12:00Z | 2025-10-25T23:30Z firstPass, 2025-10-27T01:30Z
  Antarctica/Troll    | 30 2 * * *  |      | 2025-10-25T12:00Z | 2025-10-26T00:30Z firstPass, 2025-10-27T02:30Z
  Africa/Cairo        | 30 23 * * * |      | 2025-10-30T00:00Z | 2025-10-30T20:30Z firstPass, 2025-10-31T21:30Z
  America/St_Johns    | 30 23 * * * |      | 2010-11-06T12:00Z | 2010-11-07T02:00Z firstPass, 2010-11-08T03:00Z
  America/St_Johns    | 0 0 * * *   |      | 2010-11-06T12:00Z | 2010-11-07T02:30Z firstPass, 2010-11-08T03:30Z
  Africa/Casablanca   | 30 2 * * *  |      | 2025-02-22T12:00Z | 2025-02-23T01:30Z firstPass, 2025-02-24T02:30Z
  Asia/Gaza           | 30 1 * * *  |      | 2025-10-24T12:00Z | 2025-10-24T22:30Z firstPass, 2025-10-25T23:30Z
`;

/** 30 December 2011 does not exist in Apia; seven hours are lost at Vostok. */
const LOST_TIME = `
  Pacific/Apia        | 0 9 * * *       |  | 2011-12-29T00:00Z | 2011-12-29T19:00Z, 2011-12-30T19:00Z, 2011-12-31T19:00Z
  Pacific/Apia        | 0 9 30 12 *     |  | 2011-12-01T00:00Z | 2012-12-29T19:00Z
  Pacific/Apia        | */30 * 30 12 *  |  | 2011-12-01T00:00Z | 2012-12-29T10:00Z
  Antarctica/Vostok   | 0 3 * * *       |  | 1994-10-31T12:00Z | 1994-11-01T20:00Z
`;

const INTERVALS = `
  America/New_York    | */30 * * * * |  | 2026-03-08T06:00Z | 2026-03-08T06:30Z, 2026-03-08T07:00Z, 2026-03-08T07:30Z
  America/New_York    | 30 2-3 * * * |  | 2026-03-08T06:00Z | 2026-03-08T07:30Z, 2026-03-09T06:30Z
  America/New_York    | 30 * * * *   |  | 2026-11-01T04:45Z | 2026-11-01T05:30Z, 2026-11-01T06:30Z repeated
  Australia/Lord_Howe | */20 * * * * |  | 2025-04-05T14:30Z | 2025-04-05T14:40Z, 2025-04-05T15:10Z repeated
  Australia/Lord_Howe | 0 */2 * * *  |  | 2025-10-04T14:00Z | 2025-10-04T17:00Z, 2025-10-04T19:00Z
`;

interface Golden {
  readonly title: string;
  readonly one: Schedule;
  readonly after: string;
  readonly fires: readonly string[];
}

function rows(table: string): Golden[] {
  const lines = table.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [timezone, text, rule, after, fires] = line.split('|').map((cell) => cell.trim()) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const gap = rule === 'gapEnd' || rule === 'skip' ? rule : 'shift';
    const one = schedule(text, { timezone, dstGap: gap, dstOverlap: rule === 'both' ? 'both' : 'first' });
    return { title: `${text} in ${timezone} ${rule}`.trim(), one, after, fires: fires.split(', ') };
  });
}

function check({ one, after, fires }: Golden): void {
  expect(following(one, after, fires.length)).toEqual(fires);
}

test.each(rows(GAPS))('Schedule.next() fires once out of a gap: $title', check);
test.each(rows(ODD_GAPS))('Schedule.next() fires once out of an odd gap: $title', check);
test.each(rows(OVERLAPS))('Schedule.next() fires by its rule in an overlap: $title', check);
test.each(rows(LOST_TIME))('Schedule.next() does not make up for lost time: $title', check);
test.each(rows(INTERVALS))('Schedule.next() keeps real elapsed time for intervals: $title', check);

test.each(rows(GAPS + ODD_GAPS + OVERLAPS + LOST_TIME + INTERVALS))(
  'Schedule.previous() and count() find the same occurrences: $title',
  ({ one, after, fires }) => {
    const forward = one.many(Date.parse(after), fires.length);
    const backward = forward.map((_, index) => one.previous(forward[index + 1] ?? forward.at(-1)! + 1));
    expect(backward).toEqual(forward);
    expect(one.count(Date.parse(after), forward.at(-1)!)).toBe(fires.length);
  },
);

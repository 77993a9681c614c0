import { expect, test } from 'vitest';
import {
  HORIZON_TO,
  type Segment,
  Zone,
  zoneOf,
} from '../../../../../../src/modules/foundation/domain/cron/zone-segments.ts';
import { changeDays, intlOffset } from '../../../../../oracle/walked-window.ts';
import { iso, schedule } from './occurrences.ts';

const BLOCK_S = 2 ** 23;

/** Walks the segments from an instant on. */
function segments(zone: Zone, from: number, to: number): Segment[] {
  const found: Segment[] = [];
  for (let at = from; at < to; at = found.at(-1)!.hi) found.push(zone.at(at));
  return found;
}

test('Zone.at() covers a year of New York in segments whose offsets are those of Intl', () => {
  const zone = zoneOf('America/New_York');
  const found = segments(zone, Date.UTC(2026, 0, 1) / 1000, Date.UTC(2027, 0, 1) / 1000);
  const changes = found.filter(({ offset, offsetBefore }) => offset !== offsetBefore).map(({ lo }) => iso(lo * 1000));
  expect([...new Set(changes)].filter((at) => at.startsWith('2026'))).toEqual([
    '2026-03-08T07:00Z',
    '2026-11-01T06:00Z',
  ]);
  for (const { lo, hi, offset } of found) {
    for (const at of [lo, lo + 1, hi - 1]) expect(intlOffset('America/New_York', at)).toBe(offset);
  }
});

test('Zone.at() finds changes of offset that are a week apart', () => {
  const found = segments(zoneOf('America/Noronha'), Date.UTC(2000, 8, 20) / 1000, Date.UTC(2000, 9, 30) / 1000);
  expect(found.map(({ offset }) => offset / 3600)).toContain(-1);
  expect(found.filter(({ lo }) => lo > Date.UTC(2000, 9, 1) / 1000 && lo < Date.UTC(2000, 9, 20) / 1000)).toHaveLength(
    2,
  );
});

test('Zone.at() keeps the change just before a block in the first segment of the block', () => {
  // An invented zone whose clocks go forward by one hour half an hour before a block begins.
  const start = 200 * BLOCK_S;
  const change = start - 1800;
  const zone = new Zone('Invented/Zone', (at) => (at < change ? 0 : 3600));
  expect(zone.at(change)).toMatchObject({ lo: change, hi: start, offset: 3600, offsetBefore: 0 });
  expect(zone.at(start)).toMatchObject({ lo: change, hi: start + BLOCK_S, offset: 3600, offsetBefore: 0 });
  expect(zone.at(start).calmFrom).toBe(change + 3600);
});

test('Zone.at() counts a change at the first second of a block once', () => {
  const start = 200 * BLOCK_S;
  const zone = new Zone('Invented/Zone', (at) => (at < start ? 0 : 3600));
  expect(zone.at(start - 1)).toMatchObject({ hi: start, offset: 0, offsetBefore: 0 });
  expect(zone.at(start)).toMatchObject({ lo: start, offset: 3600, offsetBefore: 0 });
});

test('zoneOf() shares a zone between its names, whatever their case', () => {
  expect(zoneOf('europe/BERLIN')).toBe(zoneOf('Europe/Berlin'));
  expect(zoneOf('UTC').at(0)).toMatchObject({ lo: 0, hi: HORIZON_TO, offset: 0 });
  expect(zoneOf('+05:45').at(0).offset).toBe(20_700);
});

/** Changes of offset within a day of the border between two blocks, where a segment is cut in two. */
function changesAtBorders(): { timezone: string; border: number }[] {
  const found: { timezone: string; border: number }[] = [];
  for (const timezone of Intl.supportedValuesOf('timeZone')) {
    for (let border = BLOCK_S; border < Date.UTC(2040, 0, 1) / 1000; border += BLOCK_S) {
      if (intlOffset(timezone, border - 86_400) !== intlOffset(timezone, border + 86_400))
        found.push({ timezone, border });
    }
  }
  return found;
}

test('Schedule agrees with itself on both sides of a border between blocks', () => {
  const borders = changesAtBorders();
  expect(borders.length).toBeGreaterThan(20);
  for (const { timezone, border } of borders) {
    for (const dstOverlap of ['first', 'both'] as const) {
      const one = schedule('0,15,30,45 0,1,2,3,4,12,22,23 * * *', { timezone, dstOverlap });
      const [from, to] = [(border - 4 * 86_400) * 1000, (border + 4 * 86_400) * 1000];
      const walk = one.many(from, 400).filter((at) => at <= to);
      expect(one.count(from, to), timezone).toBe(walk.length);
      expect(one.last(500, from, to), timezone).toEqual(walk);
      // Eight days of 32 wall times; a gap merges some, and both passes of an overlap add some.
      expect(Math.abs(walk.length - 8 * 32), timezone).toBeLessThanOrEqual(13);
    }
  }
});

test('changeDays() and Zone.at() see the same changes of offset', () => {
  for (const timezone of ['Africa/Casablanca', 'Asia/Gaza', 'Antarctica/Casey', 'America/Sao_Paulo']) {
    for (const year of [1999, 2011, 2018, 2025, 2036]) {
      const [from, to] = [Date.UTC(year, 0, 1) / 1000, Date.UTC(year + 1, 0, 1) / 1000];
      const changes = segments(zoneOf(timezone), from, to).filter(
        ({ lo, offset, offsetBefore }) => offset !== offsetBefore && lo > from && lo < to,
      );
      expect(new Set(changes.map(({ lo }) => lo)).size, `${timezone} ${year}`).toBe(changeDays(timezone, year).length);
    }
  }
});

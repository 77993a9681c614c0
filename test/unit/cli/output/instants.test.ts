import { expect, test } from 'vitest';
import { distanceText, durationText, wallText, weekdayText } from '../../../../src/cli/output/instants.ts';

test('wallText() shows the zone’s clock and its offset, whatever the machine’s', () => {
  expect(wallText('2026-11-23T01:00:00.000Z', 'Asia/Shanghai')).toBe('2026-11-23 09:00:00 +08:00');
  expect(wallText('2027-03-14T07:30:15.250Z', 'America/New_York')).toBe('2027-03-14 03:30:15 -04:00');
  expect(wallText(null, 'UTC')).toBe('-');
  expect(weekdayText('2026-11-22T16:00:00.000Z', 'Asia/Shanghai')).toBe('Mon');
});

test.for([
  [0, '0 ms'],
  [999, '999 ms'],
  [12_340, '12.3 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [200_000, '3 min 20 s'],
  [3_599_499, '59 min 59 s'],
  [3_599_500, '1 h'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [172_799_999, '48 h'],
  [345_600_000, '4 d'],
  [null, '-'],
] as const)('durationText() says %d as %s', ([durationMs, says]) => {
  expect(durationText(durationMs)).toBe(says);
});

test('distanceText() says which way', () => {
  expect(distanceText('2026-01-01T01:00:00Z', Date.parse('2026-01-01T00:00:00Z'))).toBe('in 1 h');
  expect(distanceText('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:05Z'))).toBe('5 s ago');
});

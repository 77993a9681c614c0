import { expect, test } from 'vitest';
import { sayUnderWay } from '../../../src/main/say-under-way.ts';

test.each([
  [1, 30_000, '1 run is under way; it may take 30 s to end.'],
  [2, 1_500, '2 runs are under way; they may take 1.5 s to end.'],
  [3, 250, '3 runs are under way; they may take 0.25 s to end.'],
])('sayUnderWay() says of %i runs and %i ms how long they may go on', (count, graceMs, text) => {
  expect(sayUnderWay(count, graceMs)).toBe(text);
});

/** The checker sees a suite that did not do what it is for: a large herd of which nothing was claimed far ahead. */
import { expect, it } from 'vitest';
import { aheadMsOf } from '../../src/modules/foundation/application/herd-claimer.ts';
import { rulesBroken } from './planted-history.ts';

it('a herd of over 5,000 of which nothing was claimed more than a second ahead is misconduct of the suite', () => {
  const broken = (size: number, claimedFarAhead: number) =>
    rulesBroken({ herdAheadMs: aheadMsOf(size), claimedFarAhead });
  expect(broken(5_001, 0)).toEqual(['conduct']);
  expect(broken(5_001, 1)).toEqual([]);
  expect(broken(5_000, 0)).toEqual([]);
});

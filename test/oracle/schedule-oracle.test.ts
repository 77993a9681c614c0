/**
 * The brute-force oracle against the implementation: random texts of each dialect × every zone × instants around changes
 * of offset from 1970 to 2037. `ORACLE_CASES=2000000 vitest run test/oracle` makes a longer run; `ORACLE_SEED` another.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, Tally } from './compare.ts';
import { anyCron } from './naive-dates.ts';
import type { WalkedWindow } from './walked-window.ts';
import { windowPool, ZONES } from './window-pool.ts';

const WANTED = Number(process.env['ORACLE_CASES'] ?? 100_000);
const SEED = Number(process.env['ORACLE_SEED'] ?? 20_261_123);
const RUNS_PER_ZONE = 8;

const policies = fc.record({
  dstGap: fc.constantFrom('shift' as const, 'gapEnd' as const, 'skip' as const),
  dstOverlap: fc.constantFrom('first' as const, 'both' as const),
});

/** Instants, half of them close to the middle of the window, where the offset changes. */
const instants = fc.array(
  fc.oneof(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.double({ min: 0.4, max: 0.7, noNaN: true })),
  { minLength: 16, maxLength: 16 },
);

function round(windows: readonly WalkedWindow[], seed: number, tally: Tally): void {
  for (const [index, window] of windows.entries()) {
    const property = fc.property(anyCron, policies, instants, (cron, rules, at) => {
      compare({ window, cron, policies: rules, at }, tally);
    });
    // The odd windows come first, and get more.
    fc.assert(property, { seed: seed * 1000 + index, numRuns: index < 24 ? 10 * RUNS_PER_ZONE : RUNS_PER_ZONE });
  }
}

test(
  'Schedule agrees with the written rules in every zone, around every kind of change of offset',
  { timeout: 12 * 3_600_000 },
  () => {
    const tally = new Tally();
    for (let seed = SEED; tally.cases < WANTED; seed += 1) {
      round(windowPool(ZONES, seed), seed, tally);
    }
    process.stdout.write(`oracle: ${tally.cases} cases, ${tally.comparisons} comparisons, no difference\n`);
    expect(tally.cases).toBeGreaterThanOrEqual(Math.min(WANTED, 100_000));
  },
);

/** A short run of the chaos suite for every change: three replicas, twenty jobs, every fault once, no broken promise. */
import { expect, it } from 'vitest';
import { describeVerdict } from './chaos-report.ts';
import { type ChaosOptions, runChaos } from './chaos-run.ts';
import { FAULTS } from './fault-schedule.ts';
import { ONE_ROUND, ROUND_MS } from './one-round.ts';

it('keeps every promise through one round of all faults', { timeout: 300_000 }, async () => {
  const options: ChaosOptions = {
    seed: 1_369,
    attackMs: ROUND_MS,
    quietMs: 21_000,
    replicas: 3,
    jobs: 20,
    herd: null,
    historyRows: 2_000,
    faults: FAULTS,
    plan: ONE_ROUND,
    isSynced: true,
    keep: false,
    say: () => undefined,
  };
  const verdict = await runChaos(options);
  const told = describeVerdict(verdict, options);
  expect(verdict.violations, told).toEqual([]);
  expect(verdict.history.ledger.length).toBeGreaterThan(100);
  const { inflicted, missed } = verdict;
  const effective = new Set(inflicted.filter(({ isVain }) => !isVain).map(({ fault }) => fault));
  // Where the machine is so busy that nothing is claimed ahead for a minute, there is nobody to aim at.
  const wanted = FAULTS.filter((fault) => fault !== 'kill-ahead' || missed === 0);
  expect(effective, told).toEqual(new Set(wanted));
  for (const { heldAhead } of inflicted.filter(({ fault }) => fault === 'kill-ahead')) {
    expect(heldAhead.all, told).toBeGreaterThan(0);
  }
});

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
  const { inflicted } = verdict;
  expect(new Set(inflicted.filter(({ isVain }) => !isVain).map(({ fault }) => fault)), told).toEqual(new Set(FAULTS));
  const aimed = inflicted.find(({ fault }) => fault === 'kill-ahead');
  expect(aimed?.heldAhead.all, told).toBeGreaterThan(0);
});

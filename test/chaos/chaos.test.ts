/** A short run of the chaos suite for every change: three replicas, twenty jobs, one round of faults, no broken promise. */
import { expect, it } from 'vitest';
import { describeVerdict } from './chaos-report.ts';
import { type ChaosOptions, runChaos } from './chaos-run.ts';
import type { Fault } from './fault-schedule.ts';

/** Those that are over soon; the long ones belong to long runs. */
const FAULTS: readonly Fault[] = [
  'kill',
  'kill-ahead',
  'suspend',
  'drain',
  'force',
  'clock',
  'db-restart',
  'terminate',
  'slow',
];

it('keeps every promise through one round of faults', { timeout: 180_000 }, async () => {
  const options: ChaosOptions = {
    // With this one a suspension outlasts the lease, and all is over soon after it.
    seed: 1_369,
    attackMs: 16_000,
    quietMs: 21_000,
    replicas: 3,
    jobs: 20,
    herd: null,
    historyRows: 2_000,
    faults: FAULTS,
    isSynced: true,
    keep: false,
    say: () => undefined,
  };
  const verdict = await runChaos(options);
  expect(verdict.violations, describeVerdict(verdict, options)).toEqual([]);
  expect(verdict.history.ledger.length).toBeGreaterThan(100);
});

/** Metrics that are loaded late count what came before. */
import { expect, it } from 'vitest';
import { PrometheusLoader } from '../../../src/main/prometheus.ts';

const INSTANCE = { id: 'a', hostname: 'here', runtime: 'node 24', version: '1', startedAt: new Date(0) };
const GAUGES = {
  ...{ activeRuns: 0, freeSlots: 1, armedJobs: 0, dueJobs: 0, overdueMs: 0 },
  ...{ isLeaseHeld: true, isDatabaseUp: true },
};
const started = { type: 'run.started', jobId: 'a', at: new Date(0), detail: { trigger: 'manual' } } as const;

it('PrometheusLoader counts what was recorded before, while and after it loads', async () => {
  const loader = new PrometheusLoader();
  const metrics = loader.factory(INSTANCE, () => GAUGES);
  metrics.record(started);
  const loading = loader.load();
  metrics.record(started);
  await loading;
  metrics.record(started);
  expect(await metrics.render()).toContain('carillon_runs_started_total{trigger="manual"} 3');
});

it('PrometheusLoader loads for whoever asks before', async () => {
  expect(await new PrometheusLoader().factory(INSTANCE, () => GAUGES).render()).toContain('carillon_lease_held 1');
});

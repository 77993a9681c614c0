/** Metrics that are loaded late count what came before. */
import { expect, it, vi } from 'vitest';
import { PrometheusLoader } from '../../../src/main/prometheus.ts';
import { PrometheusMetrics } from '../../../src/modules/foundation/infrastructure/metrics/prometheus-metrics.ts';

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

it('PrometheusLoader counts those that say different things apart, however many there are', async () => {
  const loader = new PrometheusLoader();
  const metrics = loader.factory(INSTANCE, () => GAUGES);
  await loader.load();
  for (let ms = 0; ms < 6_000; ms += 1) {
    for (const trigger of ['manual', 'schedule']) metrics.record({ ...started, detail: { trigger, latenessMs: ms } });
  }
  metrics.record({ type: 'run.finished', jobId: 'a', detail: { status: 'FAILED', failureReason: 'LOST' } });
  metrics.record({
    type: 'run.finished',
    jobId: 'a',
    detail: { status: 'FAILED', failureReason: 'ERROR', durationMs: 7 },
  });
  const text = await metrics.render();
  expect(text).toContain('carillon_runs_started_total{trigger="manual"} 6000');
  expect(text).toContain('carillon_run_lateness_seconds_bucket{trigger="schedule",le="0.1"} 101');
  expect(text).toContain('carillon_run_lateness_seconds_bucket{trigger="schedule",le="+Inf"} 6000');
  expect(text).toContain('carillon_runs_finished_total{status="FAILED",reason="LOST"} 1');
  expect(text).toContain('carillon_run_duration_seconds_count{status="FAILED"} 1');
  expect(await metrics.render()).toContain('carillon_runs_started_total{trigger="manual"} 6000');
});

it('PrometheusLoader counts those that come by turns, and after it was asked', async () => {
  const metrics = new PrometheusLoader().factory(INSTANCE, () => GAUGES);
  const finished = { type: 'run.finished', jobId: 'a', detail: { status: 'SUCCESS', durationMs: 1 } } as const;
  for (const event of [started, finished, started, finished, finished]) metrics.record(event);
  expect(await metrics.render()).toContain('carillon_runs_finished_total{status="SUCCESS",reason="none"} 3');
  metrics.record(finished);
  const text = await metrics.render();
  expect(text).toContain('carillon_runs_started_total{trigger="manual"} 2');
  expect(text).toContain('carillon_runs_finished_total{status="SUCCESS",reason="none"} 4');
});

it('PrometheusLoader leaves little to be counted to whoever asks, however much was recorded', async () => {
  const loader = new PrometheusLoader();
  const metrics = loader.factory(INSTANCE, () => GAUGES);
  await loader.load();
  const counting = vi.spyOn(PrometheusMetrics.prototype, 'record');
  for (let time = 0; time < 120_000; time += 1) metrics.record(started);
  const counted = counting.mock.calls.reduce((sum, [, times = 1]) => sum + times, 0);
  counting.mockRestore();
  expect(counted).toBeGreaterThan(100_000);
  expect(await metrics.render()).toContain('carillon_runs_started_total{trigger="manual"} 120000');
});

it('PrometheusLoader loads for whoever asks before', async () => {
  expect(await new PrometheusLoader().factory(INSTANCE, () => GAUGES).render()).toContain('carillon_lease_held 1');
});

import { beforeEach, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../../../../src/modules/foundation/domain/event.ts';
import type { JsonObject } from '../../../../../../src/modules/foundation/domain/json.ts';
import { FAILURE_REASONS } from '../../../../../../src/modules/foundation/domain/run.ts';
import { watchEventLoop } from '../../../../../../src/modules/foundation/infrastructure/metrics/event-loop-delay.ts';
import { PrometheusMetrics } from '../../../../../../src/modules/foundation/infrastructure/metrics/prometheus-metrics.ts';
import { readPrometheus } from '../../../../../support/read-prometheus.ts';

const instance = {
  id: 'instance-1',
  hostname: 'host',
  runtime: 'node "24"\n.0\\',
  version: '0.1.0',
  startedAt: new Date(0),
};
const gauges = {
  activeRuns: 2,
  freeSlots: 998,
  armedJobs: 7,
  dueJobs: 1,
  overdueMs: 1_500,
  isLeaseHeld: true,
  isDatabaseUp: false,
};

let metrics: PrometheusMetrics;
beforeEach(() => {
  const readEventLoopDelay = () => ({ p50: 0.001, p99: 0.02, max: 0.3 });
  metrics = new PrometheusMetrics({ instance, readGauges: () => gauges, readEventLoopDelay });
});

async function familyOf(name: string) {
  return readPrometheus(await metrics.render()).find((family) => family.name === name);
}
const started = (detail: JsonObject) => ({ type: 'run.started', jobId: 'a', detail }) as const;
const finished = (detail: JsonObject) => ({ type: 'run.finished', jobId: 'a', detail }) as const;

describe('PrometheusMetrics', () => {
  it('counts the runs that started, by what started them', async () => {
    metrics.record(started({ trigger: 'schedule', latenessMs: 3 }));
    metrics.record(started({ trigger: 'schedule', latenessMs: 70 }));
    metrics.record(started({ trigger: 'manual', latenessMs: 0 }));
    expect(await familyOf('carillon_runs_started_total')).toMatchObject({
      type: 'COUNTER',
      metrics: [
        { value: '2', labels: { trigger: 'schedule' } },
        { value: '1', labels: { trigger: 'manual' } },
      ],
    });
  });

  it('sorts the lateness of runs into buckets', async () => {
    for (const latenessMs of [3, 70]) metrics.record(started({ trigger: 'schedule', latenessMs }));
    const [buckets] = (await familyOf('carillon_run_lateness_seconds'))!.metrics;
    expect(buckets).toMatchObject({ buckets: { '0.001': '0', '0.005': '1', '0.05': '1', '0.1': '2', '+Inf': '2' } });
    expect(await metrics.render()).toContain('carillon_run_lateness_seconds_count{trigger="schedule"} 2\n');
  });

  it('counts the runs that ended, by status and reason, with their duration', async () => {
    metrics.record(finished({ status: 'SUCCESS', durationMs: 20 }));
    metrics.record(finished({ status: 'FAILED', failureReason: 'TIMEOUT', durationMs: 60_000 }));
    expect((await familyOf('carillon_runs_finished_total'))!.metrics).toEqual([
      { value: '1', labels: { status: 'SUCCESS', reason: 'none' } },
      { value: '1', labels: { status: 'FAILED', reason: 'TIMEOUT' } },
    ]);
    expect((await familyOf('carillon_run_duration_seconds'))!.type).toBe('HISTOGRAM');
    expect(await metrics.render()).toContain('carillon_run_duration_seconds_sum{status="SUCCESS"} 0.02\n');
    expect(await metrics.render()).toContain('carillon_run_duration_seconds_sum{status="FAILED"} 60\n');
  });

  it('counts every other event by its type', async () => {
    metrics.record({ type: 'occurrence.skipped', jobId: 'a', reason: 'overlap' });
    expect((await familyOf('carillon_events_total'))!.metrics).toEqual([
      { value: '1', labels: { type: 'occurrence.skipped' } },
    ]);
  });

  it('reads the gauges when it is asked', async () => {
    const values = readPrometheus(await metrics.render()).map(({ name, metrics: [first] }) => [name, first!.value]);
    expect(Object.fromEntries(values)).toEqual({
      carillon_build_info: '1',
      carillon_active_runs: '2',
      carillon_free_slots: '998',
      carillon_armed_jobs: '7',
      carillon_due_jobs: '1',
      carillon_overdue_seconds: '1.5',
      carillon_lease_held: '1',
      carillon_database_up: '0',
      carillon_event_loop_delay_seconds: '0.001',
    });
  });

  it('has as many lines after 10,000 jobs as after one', async () => {
    const lines = async () => (await metrics.render()).split('\n').length;
    for (const type of EVENT_TYPES) metrics.record({ type, jobId: 'a', detail: { trigger: 'schedule' } });
    for (const failureReason of FAILURE_REASONS) metrics.record(finished({ status: 'FAILED', failureReason }));
    const before = await lines();
    for (let at = 0; at < 10_000; at += 1) {
      metrics.record({ ...started({ trigger: 'schedule' }), jobId: `job-${at}`, reason: `reason ${at}` });
      metrics.record({ ...finished({ status: 'FAILED', failureReason: 'ERROR' }), jobId: `job-${at}` });
    }
    expect(await lines()).toBe(before);
  });

  it('says so where a gauge cannot be read', async () => {
    const readGauges = () => {
      throw new Error('the directory is gone');
    };
    const broken = new PrometheusMetrics({ instance, readGauges, readEventLoopDelay: () => null });
    await expect(broken.render()).rejects.toThrow('A metric could not be read.');
  });

  it('leaves out what the runtime does not measure', async () => {
    const plain = new PrometheusMetrics({ instance, readGauges: () => gauges, readEventLoopDelay: () => null });
    expect(await plain.render()).not.toContain('event_loop');
  });
});

describe('watchEventLoop()', () => {
  it('gives the seconds since it was last asked', async () => {
    const read = watchEventLoop();
    let delay = read();
    while (delay === null) {
      await turn();
      delay = read();
    }
    expect(delay.p50).toBeGreaterThanOrEqual(0);
    expect(delay.max).toBeGreaterThanOrEqual(delay.p99);
    expect(delay.max).toBeLessThan(60);
  });
});

/** One turn of the event loop. */
function turn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  return promise;
}

/**
 * This process's metrics, by OpenTelemetry, in the text format of Prometheus.
 *
 * Invariant: their number is bounded whatever jobs there are. Labels are words of our own (status, reason, trigger, type
 * of event); a job's id is none of them: jobs come and go by the thousand, and each would stay for good. What a single
 * job does stands in its executions.
 */
import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { EngineGauges, Metrics } from '../../application/ports/metrics.ts';
import type { Instance } from '../../application/ports/instances.ts';
import type { SchedulerEvent } from '../../domain/event.ts';
import type { EventLoopDelay } from './event-loop-delay.ts';

export interface PrometheusMetricsOptions {
  readonly instance: Instance;
  readonly readGauges: () => EngineGauges;
  /** Null: this runtime does not measure it. */
  readonly readEventLoopDelay: () => EventLoopDelay | null;
}

const DURATION_BUCKETS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200];
const LATENESS_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300];

/** Read when somebody asks, and never by itself. */
class ScrapeReader extends MetricReader {
  protected async onShutdown(): Promise<void> {}
  protected async onForceFlush(): Promise<void> {}
}

export class PrometheusMetrics implements Metrics {
  readonly #reader = new ScrapeReader({
    aggregationSelector: () => ({ type: AggregationType.DEFAULT }),
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
  });
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  readonly #counters: ReturnType<typeof countersOf>;

  constructor(options: PrometheusMetricsOptions) {
    const meter = new MeterProvider({ readers: [this.#reader] }).getMeter('carillon');
    this.#counters = countersOf(meter);
    observeGauges(meter, options);
  }

  record({ type, detail = {} }: SchedulerEvent, times = 1): void {
    const { started, finished, duration, lateness, events } = this.#counters;
    if (type === 'run.started') {
      started.add(times, { trigger: word(detail['trigger']) });
      if (typeof detail['latenessMs'] === 'number') {
        recordOften(lateness, detail['latenessMs'] / 1_000, { times, labels: { trigger: word(detail['trigger']) } });
      }
    } else if (type === 'run.finished') {
      const status = word(detail['status']);
      finished.add(times, { status, reason: word(detail['failureReason']) });
      if (typeof detail['durationMs'] === 'number')
        recordOften(duration, detail['durationMs'] / 1_000, { times, labels: { status } });
    } else {
      events.add(times, { type });
    }
  }

  async render(): Promise<string> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw new AggregateError(errors, 'A metric could not be read.');
    // The exporter brings a copy of these enums of its own; the values are the same.
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    return this.#serializer.serialize(resourceMetrics);
  }
}

/** A histogram takes one value at a time. */
function recordOften(histogram: Histogram, value: number, { times, labels }: Often): void {
  for (let time = 0; time < times; time += 1) histogram.record(value, labels);
}

interface Often {
  readonly times: number;
  readonly labels: Attributes;
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : 'none';
}

function countersOf(meter: Meter) {
  return {
    started: meter.createCounter('carillon_runs_started', { description: 'Runs that this process started.' }),
    finished: meter.createCounter('carillon_runs_finished', { description: 'Runs of this process that ended.' }),
    events: meter.createCounter('carillon_events', {
      description: 'Other facts of the engine: occurrences skipped or misfired, lost runs, jobs that are invalid.',
    }),
    duration: meter.createHistogram('carillon_run_duration_seconds', {
      description: 'How long the work of runs took.',
      advice: { explicitBucketBoundaries: DURATION_BUCKETS },
    }),
    lateness: meter.createHistogram('carillon_run_lateness_seconds', {
      description: 'From the time that a run was due to its start.',
      advice: { explicitBucketBoundaries: LATENESS_BUCKETS },
    }),
  };
}

/** All of them from one reading. */
function observeGauges(meter: Meter, { instance, readGauges, readEventLoopDelay }: PrometheusMetricsOptions): void {
  const gauge = (name: string, description: string) => meter.createObservableGauge(`carillon_${name}`, { description });
  const info = gauge('build_info', 'Always 1; the labels say what runs.');
  const gauges = {
    activeRuns: gauge('active_runs', 'Runs of this process that are under way.'),
    freeSlots: gauge('free_slots', 'Runs that this process could start besides.'),
    armedJobs: gauge('armed_jobs', 'Jobs whose next occurrence this process waits for.'),
    dueJobs: gauge('due_jobs', 'Jobs whose occurrence is due and not started.'),
    isLeaseHeld: gauge('lease_held', '1: this process may start runs.'),
    isDatabaseUp: gauge('database_up', '1: the database answers this process.'),
  };
  const overdue = gauge('overdue_seconds', 'How long the oldest due occurrence has waited.');
  const delay = gauge('event_loop_delay_seconds', 'How late the event loop was since the last scrape.');
  meter.addBatchObservableCallback(
    (result) => {
      const build: Attributes = { version: instance.version, runtime: instance.runtime };
      result.observe(info, 1, build);
      const { overdueMs, ...rest } = readGauges();
      result.observe(overdue, overdueMs / 1_000);
      for (const name of Object.keys(gauges) as (keyof typeof gauges)[])
        result.observe(gauges[name], Number(rest[name]));
      for (const [quantile, value] of Object.entries(readEventLoopDelay() ?? {})) {
        result.observe(delay, value, { quantile });
      }
    },
    [info, overdue, delay, ...Object.values(gauges)],
  );
}

/**
 * The metrics of an instance that lives on. OpenTelemetry is loaded when the application has started, or is asked before; what
 * is recorded until then is counted afterwards. Apart from the assembly, because a Worker must not carry it along.
 */
import type { MetricsFactory } from '../modules/foundation/container.ts';
import type { EngineGauges, Metrics } from '../modules/foundation/application/ports/metrics.ts';
import type { Instance } from '../modules/foundation/application/ports/instances.ts';
import type { SchedulerEvent } from '../modules/foundation/domain/event.ts';

/** Makes the metrics of one application, and loads them. */
export class PrometheusLoader {
  readonly #made = new Set<DeferredMetrics>();

  readonly factory: MetricsFactory = (instance, readGauges) => {
    const metrics = new DeferredMetrics(instance, readGauges);
    this.#made.add(metrics);
    return metrics;
  };

  /** @throws what keeps them from being loaded */
  async load(): Promise<void> {
    await Promise.all([...this.#made].map((metrics) => metrics.load()));
  }
}

class DeferredMetrics implements Metrics {
  readonly #instance: Instance;
  readonly #readGauges: () => EngineGauges;
  #waiting: SchedulerEvent[] = [];
  #loading: Promise<Metrics> | null = null;
  #loaded: Metrics | null = null;

  constructor(instance: Instance, readGauges: () => EngineGauges) {
    this.#instance = instance;
    this.#readGauges = readGauges;
  }

  record(event: SchedulerEvent): void {
    if (this.#loaded === null) this.#waiting.push(event);
    else this.#loaded.record(event);
  }

  async render(): Promise<string> {
    const metrics = await this.load();
    return metrics.render();
  }

  load(): Promise<Metrics> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Metrics> {
    const [{ watchEventLoop }, { PrometheusMetrics }] = await Promise.all([
      import('../modules/foundation/infrastructure/metrics/event-loop-delay.ts'),
      import('../modules/foundation/infrastructure/metrics/prometheus-metrics.ts'),
    ]);
    const options = { instance: this.#instance, readGauges: this.#readGauges, readEventLoopDelay: watchEventLoop() };
    const metrics = new PrometheusMetrics(options);
    for (const event of this.#waiting.splice(0)) metrics.record(event);
    this.#loaded = metrics;
    return metrics;
  }
}

/**
 * The metrics of an instance that lives on. OpenTelemetry is loaded when the application has started, or is asked before. What is
 * recorded is gathered, those that say the same as one number, and counted when somebody asks: a herd of runs does not wait for
 * it. Apart from the assembly, because a Worker must not carry it along.
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

/** So many are counted without being asked for, in some 10 ms: whoever asks is not to wait long, nor all else with him. */
const MAX_GATHERED = 50_000;
/** So many that say different things. */
const MAX_DISTINCT = 5_000;

/** Events that are alike to a metric. */
interface Gathered {
  readonly event: SchedulerEvent;
  times: number;
}

/** All that a metric looks at. */
function keyOf({ type, detail = {} }: SchedulerEvent): string {
  const { trigger, latenessMs, status, failureReason, durationMs } = detail as Record<string, string | number>;
  return `${type} ${trigger} ${latenessMs} ${status} ${failureReason} ${durationMs}`;
}

class DeferredMetrics implements Metrics {
  readonly #instance: Instance;
  readonly #readGauges: () => EngineGauges;
  readonly #gathered = new Map<string, Gathered>();
  #size = 0;
  #loading: Promise<Metrics> | null = null;
  #loaded: Metrics | null = null;

  constructor(instance: Instance, readGauges: () => EngineGauges) {
    this.#instance = instance;
    this.#readGauges = readGauges;
  }

  record(event: SchedulerEvent): void {
    const key = keyOf(event);
    const known = this.#gathered.get(key);
    if (known !== undefined) known.times += 1;
    else this.#gathered.set(key, { event, times: 1 });
    this.#size += 1;
    const isMuch = this.#gathered.size > MAX_DISTINCT || this.#size > MAX_GATHERED;
    if (isMuch && this.#loaded !== null) this.#count(this.#loaded);
  }

  async render(): Promise<string> {
    const metrics = await this.load();
    this.#count(metrics);
    return metrics.render();
  }

  #count(metrics: Metrics): void {
    for (const { event, times } of this.#gathered.values()) metrics.record(event, times);
    this.#gathered.clear();
    this.#size = 0;
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
    this.#loaded = metrics;
    return metrics;
  }
}

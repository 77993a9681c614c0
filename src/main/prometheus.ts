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

/** All that a metric looks at, besides the type of the event. */
const LOOKED_AT = ['trigger', 'latenessMs', 'status', 'failureReason', 'durationMs'] as const;

function keyOf({ type, detail }: SchedulerEvent): string {
  return JSON.stringify([type, ...LOOKED_AT.map((name) => detail?.[name])]);
}

function isAlike(one: SchedulerEvent, other: SchedulerEvent): boolean {
  return one.type === other.type && LOOKED_AT.every((name) => one.detail?.[name] === other.detail?.[name]);
}

class DeferredMetrics implements Metrics {
  readonly #instance: Instance;
  readonly #readGauges: () => EngineGauges;
  readonly #gathered = new Map<string, Gathered>();
  /** Of a herd, an event is nearly always like the one before it. */
  #last: Gathered | null = null;
  #size = 0;
  #loading: Promise<Metrics> | null = null;
  #loaded: Metrics | null = null;

  constructor(instance: Instance, readGauges: () => EngineGauges) {
    this.#instance = instance;
    this.#readGauges = readGauges;
  }

  record(event: SchedulerEvent): void {
    if (this.#last === null || !isAlike(this.#last.event, event)) this.#last = this.#gather(event);
    this.#last.times += 1;
    this.#size += 1;
    const isMuch = this.#gathered.size > MAX_DISTINCT || this.#size > MAX_GATHERED;
    if (isMuch && this.#loaded !== null) this.#count(this.#loaded);
  }

  #gather(event: SchedulerEvent): Gathered {
    const key = keyOf(event);
    const gathered = this.#gathered.get(key) ?? { event, times: 0 };
    this.#gathered.set(key, gathered);
    return gathered;
  }

  async render(): Promise<string> {
    const metrics = await this.load();
    this.#count(metrics);
    return metrics.render();
  }

  #count(metrics: Metrics): void {
    for (const { event, times } of this.#gathered.values()) metrics.record(event, times);
    this.#gathered.clear();
    this.#last = null;
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

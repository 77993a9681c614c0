/** The metrics of an instance that lives on. Apart from the assembly, because a Worker must not carry OpenTelemetry along. */
import type { MetricsFactory } from '../modules/foundation/container.ts';
import { watchEventLoop } from '../modules/foundation/infrastructure/metrics/event-loop-delay.ts';
import { PrometheusMetrics } from '../modules/foundation/infrastructure/metrics/prometheus-metrics.ts';

export const prometheus: MetricsFactory = (instance, readGauges) =>
  new PrometheusMetrics({ instance, readGauges, readEventLoopDelay: watchEventLoop() });

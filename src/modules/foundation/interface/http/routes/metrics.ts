/** This process's metrics, for a monitor to scrape. */
import { Hono } from 'hono';
import * as v from 'valibot';
import type { Metrics } from '../../../application/ports/metrics.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';

const MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsRoutes(metrics: Metrics) {
  return new Hono<HttpEnv>().get(
    '/metrics',
    describeEndpoint({
      operationId: 'getMetrics',
      summary: 'Show the metrics of the instance that answers',
      description: 'Runs by status and reason, their duration and lateness, slots, what is due, lease and database.',
      tag: 'scheduler',
      answers: { 200: { description: 'Text of Prometheus.', schema: v.string(), mediaType: MEDIA_TYPE } },
      isStored: false,
    }),
    async (c) => c.body(await metrics.render(), 200, { 'content-type': MEDIA_TYPE }),
  );
}

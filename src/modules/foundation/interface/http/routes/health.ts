/** Whether the process lives and works. Open to everybody, never 404, and tells no secret. */
import { Hono } from 'hono';
import type { Readiness } from '../../../application/ports/readiness.ts';
import { livenessSchema, readinessSchema, toOpenReadinessJson, toReadinessJson } from '../contracts/readiness.ts';
import type { Credentials } from '../credentials.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';

export function healthRoutes(readiness: Readiness, credentials: Pick<Credentials, 'isKnown'>) {
  return new Hono<HttpEnv>()
    .get(
      '/livez',
      describeEndpoint({
        operationId: 'getLiveness',
        summary: 'Is the process alive?',
        tag: 'health',
        isOpen: true,
        answers: { 200: { description: 'It is.', schema: livenessSchema } },
      }),
      (c) => c.json({ status: 'ok' as const }, 200),
    )
    .get(
      '/readyz',
      describeEndpoint({
        operationId: 'getReadiness',
        summary: 'Does it do its work?',
        description: 'Open to everybody; where the database is, and why it is away, is told to those who show a token.',
        tag: 'health',
        isOpen: true,
        answers: {
          200: { description: 'Every check is good.', schema: readinessSchema },
          503: {
            description: 'Degraded: the checks say what is wrong and what will heal it.',
            schema: readinessSchema,
          },
        },
      }),
      async (c) => {
        const isKnown = await credentials.isKnown(c);
        const report = isKnown ? toReadinessJson(readiness.report()) : toOpenReadinessJson(readiness.report());
        return c.json(report, report.mode === 'normal' ? 200 : 503);
      },
    );
}

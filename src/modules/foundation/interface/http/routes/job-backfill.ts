/** Running a job's occurrences that have passed. */
import { Hono } from 'hono';
import type { IdempotencyKeys } from '../../../application/ports/idempotency-keys.ts';
import { derivedId } from '../../../application/derived-id.ts';
import type { JobBackfill } from '../../../application/job-backfill.ts';
import { backfillRequestSchema, backfillSchema, toBackfillJson } from '../contracts/backfill.ts';
import { BODY_PROBLEMS, describeEndpoint, type Endpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { IDEMPOTENCY_KEY, idempotency } from '../idempotency.ts';
import { jsonBody } from '../json-body.ts';

const BACKFILL: Endpoint = {
  operationId: 'backfillJob',
  summary: 'Run occurrences that have passed',
  description:
    'Those of the schedule as it is now, from `from` up to, not including, `to`. One that has an execution, whatever came of it, is ' +
    'named and not run again unless `includeCompleted` says so. The runs wait, oldest first, honour the overlap policy, and can ' +
    'be cancelled by their executionId.',
  tag: 'jobs',
  answers: {
    200: { description: 'What would be run (dryRun).', schema: backfillSchema },
    202: { description: 'What waits now.', schema: backfillSchema },
  },
  problems: [404, 409, ...BODY_PROBLEMS],
  headers: [IDEMPOTENCY_KEY],
};

export function jobBackfillRoutes(backfill: JobBackfill, keys: IdempotencyKeys) {
  return new Hono<HttpEnv>().post(
    '/:jobId/backfill',
    describeEndpoint(BACKFILL),
    jsonBody(backfillRequestSchema),
    idempotency(keys),
    async (c) => {
      const seed = c.get('idempotencySeed');
      const idOf = (scheduledAt: Date) => derivedId(seed ?? '', scheduledAt.toISOString());
      const caller = { actor: c.get('role'), ...(seed === undefined ? {} : { idOf }) };
      const done = await backfill.run(c.req.param('jobId'), c.req.valid('json'), caller);
      return c.json(toBackfillJson(done), done.dryRun ? 200 : 202);
    },
  );
}

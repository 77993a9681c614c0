/** One job's runs: starting one, and its history. */
import { Hono } from 'hono';
import type { IdempotencyKeys } from '../../../application/ports/idempotency-keys.ts';
import { derivedId } from '../../../application/derived-id.ts';
import type { JobAdmin } from '../../../application/job-admin.ts';
import {
  executionDetailSchema,
  executionPageSchema,
  jobExecutionQuerySchema,
  toExecutionDetailJson,
  toExecutionJson,
} from '../contracts/execution.ts';
import { triggerSchema } from '../contracts/trigger.ts';
import { BODY_PROBLEMS, describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { IDEMPOTENCY_KEY, idempotency } from '../idempotency.ts';
import { jsonBody } from '../json-body.ts';
import { nextPageLink } from '../page-link.ts';
import { queryInput } from '../query-input.ts';

export function jobRunRoutes(jobAdmin: JobAdmin, keys: IdempotencyKeys, basePath: string) {
  return new Hono<HttpEnv>()
    .post(
      '/:jobId/trigger',
      jsonBody(triggerSchema, { isOptional: true }),
      idempotency(keys),
      describeEndpoint({
        operationId: 'triggerJob',
        summary: 'Run a job now',
        description: 'The schedule is not moved. An instance that has the function starts the run.',
        tag: 'jobs',
        answers: {
          202: { description: 'The run that waits.', schema: executionDetailSchema, headers: ['Location'] },
        },
        problems: [404, 409, ...BODY_PROBLEMS],
        headers: [IDEMPOTENCY_KEY],
        hasOptionalBody: true,
      }),
      async (c) => {
        const seed = c.get('idempotencySeed');
        const repeated = seed === undefined ? {} : { id: await derivedId(seed, 'trigger') };
        const order = { ...c.req.valid('json'), ...repeated, actor: c.get('role') };
        const run = await jobAdmin.trigger(c.req.param('jobId'), order);
        return c.json(toExecutionDetailJson(run), 202, { location: `${basePath}/admin/executions/${run.id}` });
      },
    )
    .get(
      '/:jobId/executions',
      describeEndpoint({
        operationId: 'listJobExecutions',
        summary: "List one job's executions, newest first",
        tag: 'executions',
        answers: { 200: { description: 'A page of them.', schema: executionPageSchema, headers: ['Link'] } },
        problems: [404, 422],
      }),
      queryInput(jobExecutionQuerySchema),
      async (c) => {
        const page = await jobAdmin.executionsOf(c.req.param('jobId'), c.req.valid('query'));
        const body = { items: page.items.map(toExecutionJson), nextCursor: page.nextCursor };
        return c.json(body, 200, nextPageLink(c.req.url, page.nextCursor));
      },
    );
}

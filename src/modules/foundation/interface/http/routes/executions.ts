/** History: the runs of all jobs. */
import { Hono } from 'hono';
import type { JobAdmin } from '../../../application/job-admin.ts';
import {
  executionDetailSchema,
  executionPageSchema,
  executionQuerySchema,
  toExecutionDetailJson,
  toExecutionJson,
} from '../contracts/execution.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { nextPageLink } from '../page-link.ts';
import { queryInput } from '../query-input.ts';

export function executionRoutes(jobAdmin: JobAdmin) {
  return new Hono<HttpEnv>()
    .get(
      '/',
      describeEndpoint({
        operationId: 'listExecutions',
        summary: 'List the executions of all jobs, newest first',
        tag: 'executions',
        answers: { 200: { description: 'A page of them.', schema: executionPageSchema, headers: ['Link'] } },
        problems: [422],
      }),
      queryInput(executionQuerySchema),
      async (c) => {
        const page = await jobAdmin.executions(c.req.valid('query'));
        const body = { items: page.items.map(toExecutionJson), nextCursor: page.nextCursor };
        return c.json(body, 200, nextPageLink(c.req.url, page.nextCursor));
      },
    )
    .get(
      '/:id',
      describeEndpoint({
        operationId: 'getExecution',
        summary: 'Show one execution',
        description: 'A run that still waits for an instance is RUNNING, with startedAt null.',
        tag: 'executions',
        answers: { 200: { description: 'The execution.', schema: executionDetailSchema } },
        problems: [404],
      }),
      async (c) => c.json(toExecutionDetailJson(await jobAdmin.execution(c.req.param('id'))), 200),
    );
}

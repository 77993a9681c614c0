/** History: the runs of all jobs. */
import { Hono } from 'hono';
import type { JobAdmin } from '../../../application/job-admin.ts';
import type { RunLogs } from '../../../application/run-logs.ts';
import {
  executionPageSchema,
  executionQuerySchema,
  executionReportSchema,
  runLogQuerySchema,
  runLogSchema,
  toExecutionJson,
  toExecutionReportJson,
  toRunLogJson,
} from '../contracts/execution.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { nextPageLink } from '../page-link.ts';
import { queryInput } from '../query-input.ts';

export function executionRoutes(jobAdmin: JobAdmin, runLogs: RunLogs) {
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
        summary: 'Show one execution, with what it has said',
        description: 'A run that still waits for an instance is RUNNING, with startedAt null.',
        tag: 'executions',
        answers: { 200: { description: 'The execution.', schema: executionReportSchema } },
        problems: [404],
      }),
      async (c) => c.json(toExecutionReportJson(await runLogs.report(c.req.param('id'))), 200),
    )
    .get(
      '/:id/logs',
      describeEndpoint({
        operationId: 'getExecutionLog',
        summary: 'Show the log lines of an execution, those after a number',
        description: 'To follow a run, ask again with nextAfter until isEnded. A run keeps 1,000 lines.',
        tag: 'executions',
        answers: { 200: { description: 'The lines, in their order.', schema: runLogSchema } },
        problems: [404, 422],
      }),
      queryInput(runLogQuerySchema),
      async (c) => c.json(toRunLogJson(await runLogs.follow(c.req.param('id'), c.req.valid('query').after)), 200),
    );
}

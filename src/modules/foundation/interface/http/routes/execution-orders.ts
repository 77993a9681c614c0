/** What a person asks of one run: that it stop, or that it run again. */
import { Hono } from 'hono';
import type { RunAdmin } from '../../../application/run-admin.ts';
import { executionDetailSchema, toExecutionDetailJson } from '../contracts/execution.ts';
import { runOrderSchema } from '../contracts/run-order.ts';
import { BODY_PROBLEMS, describeEndpoint, type Endpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { jsonBody } from '../json-body.ts';

const CANCEL: Endpoint = {
  operationId: 'cancelExecution',
  summary: 'Stop a run',
  description:
    'Its instance aborts it through its signal, and records it as FAILED, reason CANCELLED, whether it listens or not. ' +
    'One that still waits for an instance is recorded so at once.',
  tag: 'executions',
  answers: { 202: { description: 'The run that is to stop.', schema: executionDetailSchema } },
  problems: [404, 409, ...BODY_PROBLEMS],
  hasOptionalBody: true,
};
const RETRY: Endpoint = {
  operationId: 'retryExecution',
  summary: 'Run an execution again',
  description: 'With its arguments and its idempotency key, as the next attempt at the same occurrence.',
  tag: 'executions',
  answers: { 202: { description: 'The run that waits.', schema: executionDetailSchema, headers: ['Location'] } },
  problems: [404, 409, ...BODY_PROBLEMS],
  hasOptionalBody: true,
};

export function executionOrderRoutes(runAdmin: RunAdmin, basePath: string) {
  return new Hono<HttpEnv>()
    .post('/:id/cancel', jsonBody(runOrderSchema, { isOptional: true }), describeEndpoint(CANCEL), async (c) => {
      const run = await runAdmin.cancel(c.req.param('id'), { ...c.req.valid('json'), actor: c.get('role') });
      return c.json(toExecutionDetailJson(run), 202);
    })
    .post('/:id/retry', jsonBody(runOrderSchema, { isOptional: true }), describeEndpoint(RETRY), async (c) => {
      const run = await runAdmin.retry(c.req.param('id'), { ...c.req.valid('json'), actor: c.get('role') });
      return c.json(toExecutionDetailJson(run), 202, { location: `${basePath}/admin/executions/${run.id}` });
    });
}

/** The scheduler as a whole: what a dashboard shows first. */
import { Hono } from 'hono';
import type { SchedulerStatus } from '../../../application/scheduler-status.ts';
import { schedulerSchema, toSchedulerJson } from '../contracts/scheduler.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';

export function schedulerRoutes(status: SchedulerStatus) {
  return new Hono<HttpEnv>().get(
    '/',
    describeEndpoint({
      operationId: 'getScheduler',
      summary: 'Show how the scheduler does',
      description: 'Over all instances; mode and checks are those of the instance that answers.',
      tag: 'scheduler',
      answers: {
        200: { description: 'Instances, counts, what is overdue, how late runs start.', schema: schedulerSchema },
      },
    }),
    async (c) => c.json(toSchedulerJson(await status.report()), 200),
  );
}

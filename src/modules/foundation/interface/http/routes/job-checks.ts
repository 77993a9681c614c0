/** Whether jobs could be saved as they are, before any of them is. */
import { Hono } from 'hono';
import type { JobAdmin } from '../../../application/job-admin.ts';
import { jobCheckRequestSchema, jobChecksSchema, toJobCheckJson } from '../contracts/job-check.ts';
import { BODY_PROBLEMS, describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { jsonBody } from '../json-body.ts';

export function jobCheckRoutes(jobAdmin: JobAdmin) {
  return new Hono<HttpEnv>().post(
    '/check',
    describeEndpoint({
      operationId: 'checkJobs',
      summary: 'Name every fault of jobs that are to be saved; save none',
      description: 'Id, schedule, function, its arguments and policies, as putting each of them would check it.',
      tag: 'jobs',
      answers: { 200: { description: 'A judgement a job, in the order of the request.', schema: jobChecksSchema } },
      problems: BODY_PROBLEMS,
    }),
    jsonBody(jobCheckRequestSchema),
    async (c) => {
      const checks = c.req.valid('json').jobs.map(({ jobId, ...draft }) => jobAdmin.check(jobId, draft));
      return c.json({ items: (await Promise.all(checks)).map(toJobCheckJson) }, 200);
    },
  );
}

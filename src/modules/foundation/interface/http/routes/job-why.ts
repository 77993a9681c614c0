/** Why a job ran at an instant, or did not, in one request. */
import { Hono } from 'hono';
import type { JobLedger } from '../../../application/job-ledger.ts';
import { toWhyJson, whyQuerySchema, whySchema } from '../contracts/why.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { queryInput } from '../query-input.ts';

export function jobWhyRoutes(jobLedger: JobLedger) {
  return new Hono<HttpEnv>().get(
    '/:jobId/why',
    describeEndpoint({
      operationId: 'explainJob',
      summary: 'Say why a job ran at an instant, or did not',
      description:
        'From its runs, its events, and what its configuration was then. A job that is gone is explained too.',
      tag: 'jobs',
      answers: { 200: { description: 'A verdict, in words, with what it rests on.', schema: whySchema } },
      problems: [404, 422],
    }),
    queryInput(whyQuerySchema),
    async (c) => c.json(toWhyJson(await jobLedger.why(c.req.param('jobId'), c.req.valid('query').at)), 200),
  );
}

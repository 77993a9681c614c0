/** Removing a job. */
import { Hono } from 'hono';
import type { JobRemoval } from '../../../application/job-removal.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import { readPrecondition } from '../entity-tag.ts';
import type { HttpEnv } from '../http-env.ts';

export function jobRemovalRoutes(removal: JobRemoval) {
  return new Hono<HttpEnv>().delete(
    '/:jobId',
    describeEndpoint({
      operationId: 'deleteJob',
      summary: 'Remove a job',
      description: 'Its history stays. What runs goes on; the runs that wait go with it, each told as an event.',
      tag: 'jobs',
      answers: { 204: { description: 'Removed.' } },
      problems: [404, 412],
      headers: [{ name: 'If-Match', description: "The ETag of the reading that it is removed on, or '*'." }],
    }),
    async (c) => {
      const precondition = readPrecondition((name) => c.req.header(name));
      await removal.remove(c.req.param('jobId'), { actor: c.get('role'), precondition });
      return c.body(null, 204);
    },
  );
}

/** Pausing a job, and letting it go on. */
import { Hono } from 'hono';
import type { JobPausing } from '../../../application/job-pausing.ts';
import { jobDetailSchema, toJobDetailJson } from '../contracts/job.ts';
import { pauseSchema, resumeSchema } from '../contracts/job-pause.ts';
import { BODY_PROBLEMS, describeEndpoint, type Endpoint } from '../describe-endpoint.ts';
import { entityTag } from '../entity-tag.ts';
import type { HttpEnv } from '../http-env.ts';
import { jsonBody } from '../json-body.ts';

const PAUSE: Endpoint = {
  operationId: 'pauseJob',
  summary: 'Stop a job for a while',
  description: 'Its occurrences are not run; what goes on goes on. One that is paused gets the new reason and end.',
  tag: 'jobs',
  answers: { 200: { description: 'Paused.', schema: jobDetailSchema, headers: ['ETag'] } },
  problems: [404, ...BODY_PROBLEMS],
  hasOptionalBody: true,
};
const RESUME: Endpoint = {
  operationId: 'resumeJob',
  summary: 'Let a paused job go on',
  description: 'What fell into the pause is not caught up unless that is asked for.',
  tag: 'jobs',
  answers: { 200: { description: 'Not paused.', schema: jobDetailSchema, headers: ['ETag'] } },
  problems: [404, ...BODY_PROBLEMS],
  hasOptionalBody: true,
};

export function jobPauseRoutes(pausing: JobPausing) {
  return new Hono<HttpEnv>()
    .post('/:jobId/pause', jsonBody(pauseSchema, { isOptional: true }), describeEndpoint(PAUSE), async (c) => {
      const job = await pausing.pause(c.req.param('jobId'), { ...c.req.valid('json'), actor: c.get('role') });
      return c.json(toJobDetailJson(job), 200, { etag: entityTag(job.config.revision) });
    })
    .post('/:jobId/resume', jsonBody(resumeSchema, { isOptional: true }), describeEndpoint(RESUME), async (c) => {
      const job = await pausing.resume(c.req.param('jobId'), { ...c.req.valid('json'), actor: c.get('role') });
      return c.json(toJobDetailJson(job), 200, { etag: entityTag(job.config.revision) });
    });
}

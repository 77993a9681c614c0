/** The jobs: list, show, create, replace, change. Their runs are in `job-runs.ts`. */
import { Hono } from 'hono';
import type { JobAdmin } from '../../../application/job-admin.ts';
import { InvalidInputError } from '../../../domain/errors.ts';
import { jobDetailSchema, jobPageSchema, READ_ONLY_FIELDS, toJobDetailJson, toJobJson } from '../contracts/job.ts';
import { jobDraftSchema, jobPatchSchema, jobQuerySchema } from '../contracts/job-input.ts';
import { BODY_PROBLEMS, describeEndpoint, type Endpoint } from '../describe-endpoint.ts';
import { entityTag, readPrecondition } from '../entity-tag.ts';
import type { HttpEnv } from '../http-env.ts';
import { jsonBody } from '../json-body.ts';
import { nextPageLink } from '../page-link.ts';
import { queryInput } from '../query-input.ts';

const IF_MATCH = { name: 'If-Match', description: "The ETag of the reading that is edited, or '*'." };
const IF_NONE_MATCH = { name: 'If-None-Match', description: "'*': only create." };

const LIST: Endpoint = {
  operationId: 'listJobs',
  summary: 'List the jobs',
  description: 'Filtered by state, a page may hold fewer than asked for and still have a next one.',
  tag: 'jobs',
  answers: { 200: { description: 'A page of them.', schema: jobPageSchema, headers: ['Link'] } },
  problems: [422],
};
const GET: Endpoint = {
  operationId: 'getJob',
  summary: 'Show one job, with its next 10 occurrences and warnings',
  tag: 'jobs',
  answers: { 200: { description: 'The job.', schema: jobDetailSchema, headers: ['ETag'] } },
  problems: [404],
};
const PUT: Endpoint = {
  operationId: 'putJob',
  summary: 'Create or replace a job',
  description: 'What is left out gets its default. What only the service sets is left out of account.',
  tag: 'jobs',
  answers: {
    200: { description: 'Replaced.', schema: jobDetailSchema, headers: ['ETag'] },
    201: { description: 'Created.', schema: jobDetailSchema, headers: ['ETag', 'Location'] },
  },
  problems: [412, 428, ...BODY_PROBLEMS],
  headers: [IF_MATCH, IF_NONE_MATCH],
};
const PATCH: Endpoint = {
  operationId: 'patchJob',
  summary: 'Change some fields of a job',
  description: 'What is left out stays. A field is replaced whole, jobKwargs too.',
  tag: 'jobs',
  answers: { 200: { description: 'Changed.', schema: jobDetailSchema, headers: ['ETag'] } },
  problems: [404, 412, ...BODY_PROBLEMS],
  headers: [IF_MATCH],
};

export function jobRoutes(jobAdmin: JobAdmin, basePath: string) {
  return new Hono<HttpEnv>()
    .get('/', describeEndpoint(LIST), queryInput(jobQuerySchema), async (c) => {
      const page = await jobAdmin.list(c.req.valid('query'));
      const body = { items: page.items.map(toJobJson), nextCursor: page.nextCursor };
      return c.json(body, 200, nextPageLink(c.req.url, page.nextCursor));
    })
    .get('/:jobId', describeEndpoint(GET), async (c) => {
      const job = await jobAdmin.get(c.req.param('jobId'));
      return c.json(toJobDetailJson(job), 200, { etag: entityTag(job.config.revision) });
    })
    .put('/:jobId', describeEndpoint(PUT), jsonBody(jobDraftSchema, { ignored: READ_ONLY_FIELDS }), async (c) => {
      const { jobId = c.req.param('jobId'), ...draft } = c.req.valid('json');
      requireSameId(jobId, c.req.param('jobId'));
      const order = { actor: c.get('role'), precondition: readPrecondition((name) => c.req.header(name)) };
      const { job, isNew } = await jobAdmin.put(jobId, draft, order);
      const etag = entityTag(job.config.revision);
      if (!isNew) return c.json(toJobDetailJson(job), 200, { etag });
      const location = `${basePath}/admin/jobs/${encodeURIComponent(jobId)}`;
      return c.json(toJobDetailJson(job), 201, { etag, location });
    })
    .patch('/:jobId', describeEndpoint(PATCH), jsonBody(jobPatchSchema, { ignored: READ_ONLY_FIELDS }), async (c) => {
      const { jobId = c.req.param('jobId'), ...patch } = c.req.valid('json');
      requireSameId(jobId, c.req.param('jobId'));
      const order = { actor: c.get('role'), precondition: readPrecondition((name) => c.req.header(name)) };
      const job = await jobAdmin.patch(jobId, patch, order);
      return c.json(toJobDetailJson(job), 200, { etag: entityTag(job.config.revision) });
    });
}

function requireSameId(given: string, expected: string): void {
  if (given === expected) return;
  const message = `Differs from the path's '${expected}'. A job id cannot be changed.`;
  throw new InvalidInputError(message, [{ path: 'jobId', message }]);
}

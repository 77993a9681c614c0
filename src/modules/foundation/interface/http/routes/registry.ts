/** The registered job functions. */
import { Hono } from 'hono';
import type { JobAdmin } from '../../../application/job-admin.ts';
import { registryPageSchema, toRegistryEntryJson } from '../contracts/registry.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';

export function registryRoutes(jobAdmin: JobAdmin) {
  return new Hono<HttpEnv>().get(
    '/',
    describeEndpoint({
      operationId: 'listRegistry',
      summary: 'List the job functions that modules register',
      tag: 'registry',
      answers: { 200: { description: 'All of them, by id.', schema: registryPageSchema } },
      isStored: false,
    }),
    (c) => c.json({ items: jobAdmin.registry().map(toRegistryEntryJson), nextCursor: null }, 200),
  );
}

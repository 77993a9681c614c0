/** The ledger: who changed what, and what did not run and why. */
import { Hono } from 'hono';
import type { JobLedger } from '../../../application/job-ledger.ts';
import { eventPageSchema, eventQuerySchema, toEventJson } from '../contracts/event.ts';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { nextPageLink } from '../page-link.ts';
import { queryInput } from '../query-input.ts';

export function eventRoutes(ledger: JobLedger) {
  return new Hono<HttpEnv>().get(
    '/',
    describeEndpoint({
      operationId: 'listEvents',
      summary: 'List events, newest first: the audit trail, and why something did not run',
      tag: 'events',
      answers: { 200: { description: 'A page of them.', schema: eventPageSchema, headers: ['Link'] } },
      problems: [422],
    }),
    queryInput(eventQuerySchema),
    async (c) => {
      const page = await ledger.events(c.req.valid('query'));
      const body = { items: page.items.map(toEventJson), nextCursor: page.nextCursor };
      return c.json(body, 200, nextPageLink(c.req.url, page.nextCursor));
    },
  );
}

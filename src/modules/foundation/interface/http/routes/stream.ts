/** What happens, as it happens, on every replica. */
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { LiveEvents } from '../../../application/live-events.ts';
import type { Timers } from '../../../application/ports/timers.ts';
import { isWanted, streamQuerySchema, streamSchema } from '../contracts/stream.ts';
import { describeEndpoint, type Endpoint } from '../describe-endpoint.ts';
import { EventStream } from '../event-stream.ts';
import type { HttpEnv } from '../http-env.ts';
import { queryInput } from '../query-input.ts';

const MEDIA_TYPE = 'text/event-stream';

const STREAM: Endpoint = {
  operationId: 'getStream',
  summary: 'Watch runs and changed jobs',
  description:
    'A client that comes back with the last id it has seen, to whichever replica, is given what it missed. Where that is not known any ' +
    "more it is sent 'reset'. A comment comes every 15 s.",
  tag: 'stream',
  answers: { 200: { description: 'Events, until either side ends it.', schema: streamSchema, mediaType: MEDIA_TYPE } },
  problems: [422],
  headers: [{ name: 'Last-Event-ID', description: 'The id of the last event seen; a browser sends it by itself.' }],
};

export interface StreamDeps {
  readonly live: LiveEvents;
  readonly timers: Timers;
}

export function streamRoutes({ live, timers }: StreamDeps) {
  return new Hono<HttpEnv>().get('/', describeEndpoint(STREAM), queryInput(streamQuerySchema), (c) => {
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': MEDIA_TYPE });
    const query = c.req.valid('query');
    const afterId = c.req.header('last-event-id') ?? null;
    const events = new EventStream({ live, timers, afterId, isWanted: (event) => isWanted(query, event) });
    // A proxy that gathers what it passes on would keep events back.
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, (stream) => events.sendTo(stream));
  });
}

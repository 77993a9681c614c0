/** An empty Hono application on Node: the floor that a start is measured against. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono().get('/livez', (c) => c.text('ok'));
serve({ fetch: app.fetch, port: Number(process.env['PORT']), hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`ready at http://127.0.0.1:${port}`),
);

/**
 * The ceiling that the admin API is measured against: the same server with one route, which makes the one statement of a
 * page and answers its rows as JSON.
 *
 *   DATABASE_URL=… node bench/http/ceiling.ts '<statements as JSON>'
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import postgres from 'postgres';

const statements = JSON.parse(process.argv[2]!) as string[];
const sql = postgres(process.env['DATABASE_URL']!, { max: 10, max_pipeline: 0, fetch_types: false } as object);
const app = new Hono().get('/pages/:index', async (c) =>
  c.json(await sql.unsafe(statements[Number(c.req.param('index'))]!, [], { prepare: true })),
);
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`ready at http://127.0.0.1:${port}`),
);

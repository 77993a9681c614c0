/**
 * The scheduler inside a Hono application, under a path of its own, on the application's own pool, in a schema of its own:
 * DATABASE_URL=postgres://… ADMIN_TOKEN=… node examples/embedded/server.ts
 */
import { serve } from '@hono/node-server';
import { createScheduler } from 'carillon';
import { Hono } from 'hono';
import postgres from 'postgres';

const { DATABASE_URL = '', ADMIN_TOKEN = '', PORT = '3000' } = process.env;
const sql = postgres(DATABASE_URL, { onnotice: () => {} });
await sql`create table if not exists visits (at timestamptz not null default now())`;

const carillon = await createScheduler({
  modules: {
    visits: {
      'visits.count': async () => {
        const [row] = await sql`select count(*)::int as visits from visits`;
        return { visits: Number(row?.['visits']) };
      },
    },
  },
  database: sql,
  schema: 'carillon',
  settings: { ADMIN_TOKEN, BASE_PATH: '/ops/scheduler', SHUTDOWN_GRACE: '5s' },
});

const app = new Hono()
  .get('/', async (c) => {
    await sql`insert into visits default values`;
    return c.text('Welcome.');
  })
  .route('/ops/scheduler', carillon.app);

await carillon.start();
const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`The shop is ready at http://127.0.0.1:${port}`),
);

process.once('SIGTERM', () => {
  server.close();
  void carillon.stop().then(() => sql.end());
});

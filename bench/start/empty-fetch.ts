/** An empty Hono application for Deno, Bun and workerd: the floor that a start is measured against. */
import { Hono } from 'hono';

interface Server {
  readonly port?: number;
  readonly addr?: { readonly port: number };
}
type Serve = (options: object, handler?: (request: Request) => Response | Promise<Response>) => Server;

const app = new Hono().get('/livez', (c) => c.text('ok'));
const { Deno, Bun } = globalThis as { Deno?: { serve: Serve }; Bun?: { serve: Serve } };
const at = { port: Number(process.env['PORT']), hostname: '127.0.0.1' };
const server =
  Deno?.serve({ ...at, onListen: () => {} }, (request) => app.fetch(request)) ??
  Bun?.serve({ ...at, fetch: app.fetch });
if (server !== undefined) console.log(`ready at http://127.0.0.1:${server.port ?? server.addr?.port}`);

/**
 * Carillon under `deno serve`: `deno task serve`. Deno binds the address and prints it; HOST and PORT have no say. It binds
 * to every interface unless told otherwise, so that there has to be an ADMIN_TOKEN.
 */
import type { Application } from './bootstrap.ts';
import { denoHost } from './deno-host.ts';
import { runService } from './run-service.ts';

let answer: Application['fetch'] = () => new Response('Carillon is starting.', { status: 503 });

const host = denoHost(async (fetch) => {
  answer = fetch;
  return { port: null, close: async () => {} };
});
await runService({ ...host, env: { ...host.env, HOST: '0.0.0.0' } });

export default {
  fetch: (request: Request, info: { remoteAddr: { hostname: string } }): Response | Promise<Response> =>
    answer(request, info.remoteAddr.hostname),
};

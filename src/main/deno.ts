/** The service under Deno: `deno task start`. */
import { denoHost } from './deno-host.ts';
import { serveOnDeno } from './deno-server.ts';
import { runService } from './run-service.ts';

await runService(denoHost(serveOnDeno));

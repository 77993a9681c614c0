/** `carillon/deno`: the whole service with modules of one's own, as a process under Deno, or woken by `Deno.cron`. */
import { denoHost } from './main/deno-host.ts';
import { serveOnDeno } from './main/deno-server.ts';
import { runService, type ServiceOptions } from './main/run-service.ts';

export * from './index.ts';
export { runByCron } from './main/run-by-cron.ts';

/** Serves until it is told to stop; settings come from the environment. Ends the process. */
export function run(options: ServiceOptions = {}): Promise<void> {
  return runService(denoHost(serveOnDeno), options);
}

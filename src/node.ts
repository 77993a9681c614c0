/** `carillon/node`: the whole service with modules of one's own, as a process under Node. */
import { nodeHost } from './main/node-host.ts';
import { runService, type ServiceOptions } from './main/run-service.ts';

export * from './index.ts';

/** Serves until it is told to stop; settings come from the environment. Ends the process. */
export function run(options: ServiceOptions = {}): Promise<void> {
  return runService(nodeHost, options);
}

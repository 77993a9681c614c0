/** The service under Node: `npm start`. */
import { nodeHost } from './node-host.ts';
import { runService } from './run-service.ts';

await runService(nodeHost);

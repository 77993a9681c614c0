/** The service under Bun: `npm run start:bun`. */
import { bunHost } from './bun-host.ts';
import { runService } from './run-service.ts';

await runService(bunHost);

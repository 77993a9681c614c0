/** A replica with timers, on the same database as the Worker: DATABASE_URL=postgres://… node examples/hybrid/replica.ts */
import { run } from 'carillon/node';
import { reports } from './reports.ts';

await run({ modules: { reports } });

/** The API and the sweeps: node scripts/start-worker.ts --config examples/hybrid/wrangler.toml */
import { createWorker } from 'carillon/cloudflare';
import { reports } from './reports.ts';

export default createWorker({ modules: { reports } });

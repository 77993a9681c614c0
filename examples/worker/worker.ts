/** A whole Worker, with a job of one's own: node scripts/start-worker.ts --config examples/worker/wrangler.toml */
import { createWorker, defineJob } from 'carillon/cloudflare';

const ping = defineJob({ description: 'Says where it ran.', run: () => ({ ranIn: navigator.userAgent }) });

export default createWorker({ modules: { pings: { 'pings.ping': ping } } });

/** The Worker that `wrangler.toml` names: this service's own modules and no others. */
import { createWorker } from './create-worker.ts';

export default createWorker();

/**
 * The service under Deno where no process lives on, as on Deno Deploy: each request is an invocation, and `Deno.cron` sweeps
 * every minute. On a server of one's own `deno task start` is better: it waits for what is due by timers.
 */
import { runByCron } from './run-by-cron.ts';

await runByCron();

/**
 * A chaos replica: the service with its normal modules and the one that misbehaves, as a process of its own. Its wall clock
 * is replaced before anything else is loaded, and can be stepped from outside; it ends with the process that started it.
 */
import { installSteppableClock, stepWallClock } from './shifted-date.ts';

installSteppableClock();
process.on('disconnect', () => process.exit(1));
process.on('message', (message: { readonly stepMs: number }) => stepWallClock(message.stepMs));
const { runReplica } = await import('./replica-service.ts');
await runReplica(process.env);

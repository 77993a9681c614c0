/**
 * How signals end the service. Invariant: the first lets what runs end; the second gives it up, and 2 s later the process is
 * gone, whatever does not answer: by itself, or else cut off.
 */
import type { Lifespan } from './lifespan.ts';
import type { RuntimeHost } from './run-service.ts';

/** Told twice it is gone within 2 s. */
const HURRIED_WITHIN_MS = 1_300;
const CUT_OFF_AFTER_MS = 1_700;

export interface StopOnSignalDeps {
  readonly host: Pick<RuntimeHost, 'onStopSignal' | 'exit'>;
  readonly lifespan: Pick<Lifespan, 'stop' | 'hurry'>;
  readonly abortRuns: (reason: string) => void;
  /** What was logged is written. */
  readonly closeLogging: () => Promise<void>;
}

/** The first signal drains; a second one gives up what still runs, and waits for nothing that does not answer. */
export function stopOnSignal(deps: StopOnSignalDeps): void {
  const { host, lifespan, abortRuns } = deps;
  let signals = 0;
  host.onStopSignal(() => {
    signals += 1;
    if (signals === 1) void stop(deps);
    if (signals !== 2) return;
    setTimeout(() => {
      console.error('Carillon did not stop in time and was cut off; another instance records what still ran as LOST.');
      host.exit(1);
    }, CUT_OFF_AFTER_MS);
    abortRuns('the service was told twice to stop');
    lifespan.hurry(HURRIED_WITHIN_MS);
  });
}

/** What does not stop in time is named in the log, and left behind. */
async function stop({ host, lifespan, closeLogging }: StopOnSignalDeps): Promise<void> {
  console.log('Stopping: nothing more is started, and runs under way may end. Press Ctrl-C again to give them up.');
  await lifespan.stop();
  await closeLogging();
  console.log('Stopped.');
  host.exit(0);
}

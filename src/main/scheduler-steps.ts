/**
 * What the application starts and stops, in order. The database first, because it says what time it is and what is due;
 * runs are drained after the loop has stopped claiming, and before the lease that covers them is given back.
 */
import type { FoundationContainer } from '../modules/foundation/container.ts';
import type { FireDispatcher } from '../modules/foundation/application/fire-dispatcher.ts';
import type { Logger } from '../modules/foundation/application/ports/logger.ts';
import { JobsNotLoadedError } from '../modules/foundation/domain/errors.ts';
import type { MergedJobRegistry } from '../modules/foundation/domain/job-definition.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';
import type { LifespanStep } from './lifespan.ts';
import { sayUnderWay } from './say-under-way.ts';
import { seedFirstStart } from './seed-first-start.ts';
import { sayCount } from '../modules/foundation/domain/words/say-count.ts';

/** How long an aborted run may take to be recorded before it is left behind. */
const ABORT_MS = 2_000;

export interface SchedulerStepsOptions {
  readonly registry: MergedJobRegistry;
  readonly shutdownGraceMs: number;
}

export function schedulerSteps(container: FoundationContainer, options: SchedulerStepsOptions): LifespanStep[] {
  const scheduler = container.resolve(tokenOf('scheduler'));
  return [
    ...engineSteps(container, options.shutdownGraceMs),
    {
      name: 'scheduler',
      start: () => startScheduler(container, options.registry),
      stop: () => scheduler.stopScheduler(),
    },
  ];
}

/** What runs need, whoever claims them. @param runsGraceMs how long they may go on once nothing more is claimed */
export function engineSteps(container: FoundationContainer, runsGraceMs: number): LifespanStep[] {
  const connection = container.resolve(tokenOf('connection'));
  const supervisor = container.resolve(tokenOf('supervisor'));
  const lease = container.resolve(tokenOf('lease'));
  const relay = container.resolve(tokenOf('relay'));
  const live = container.resolve(tokenOf('live'));
  return [
    { name: 'database', stop: () => connection.close() },
    {
      name: 'lease',
      stop: async () => {
        const journal = container.resolve(tokenOf('journal'));
        try {
          if (!supervisor.isUp) return;
          await journal.flush();
          await container.resolve(tokenOf('executions')).writeLastRuns();
          await lease.release();
        } finally {
          lease.end();
          if (journal.size > 0) container.resolve(tokenOf('logger')).error(unwritten(journal.size));
        }
      },
    },
    { name: 'supervisor', start: () => supervisor.start(), stop: () => supervisor.stop() },
    // What the drained runs say and how they end is still told.
    { name: 'live events', start: () => relay.start(), stop: () => relay.stop() },
    {
      name: 'runs',
      stop: () => drain(container.resolve(tokenOf('dispatcher')), container.resolve(tokenOf('logger')), runsGraceMs),
      stopWithinMs: runsGraceMs + 2 * ABORT_MS,
    },
    { name: 'streams', start: () => live.admit(), stop: () => live.end('the service stops') },
  ];
}

/** R4: the scheduler starts, then every enabled configuration is registered; whatever fails there stops nothing. */
async function startScheduler(container: FoundationContainer, registry: MergedJobRegistry): Promise<void> {
  const supervisor = container.resolve(tokenOf('supervisor'));
  const scheduler = container.resolve(tokenOf('scheduler'));
  const watcher = container.resolve(tokenOf('watcher'));
  scheduler.startScheduler();
  if (!supervisor.isUp) await scheduler.loadPersistedJobs(registry);
  await supervisor.onReturn(async () => {
    await watcher.listen();
    await container.resolve(tokenOf('relay')).listen();
    await seedFirstStart(container);
    const isLoaded = await scheduler.loadPersistedJobs(registry);
    if (!isLoaded) throw new JobsNotLoadedError();
  });
}

function unwritten(count: number): string {
  const records = sayCount(count, 'execution record');
  const runs = count === 1 ? 'that run' : 'those runs';
  return `${records} could not be written before the stop. Another instance, or the next start, records ${runs} as LOST; what had begun without the database leaves no record.`;
}

/** Waits for the runs under way; those that outlast the grace are aborted, and recorded as cancelled. */
async function drain(dispatcher: FireDispatcher, logger: Logger, graceMs: number): Promise<void> {
  if (dispatcher.activeCount > 0) logger.info(sayUnderWay(dispatcher.activeCount, graceMs));
  const timer = setTimeout(
    () => dispatcher.abortAll('the service stops, and the run outlasted SHUTDOWN_GRACE'),
    graceMs,
  );
  await dispatcher.idle();
  clearTimeout(timer);
}

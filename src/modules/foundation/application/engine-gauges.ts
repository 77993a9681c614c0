/** How this process does, read off what it holds in memory. */
import type { DatabaseSupervisor } from './database-supervisor.ts';
import type { DatabaseTime } from './database-time.ts';
import type { FireDispatcher } from './fire-dispatcher.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { JobDirectory } from './job-directory.ts';
import type { EngineGauges } from './ports/metrics.ts';

export interface EngineParts {
  readonly dispatcher: FireDispatcher;
  readonly directory: JobDirectory;
  readonly lease: InstanceLease;
  readonly supervisor: DatabaseSupervisor;
  readonly time: DatabaseTime;
}

export function readEngineGauges({ dispatcher, directory, lease, supervisor, time }: EngineParts): EngineGauges {
  const now = time.now();
  const earliest = directory.earliestDueAt();
  const armed = directory.list().filter(({ nextFireAt }) => nextFireAt !== null);
  return {
    activeRuns: dispatcher.activeCount,
    freeSlots: dispatcher.freeSlots,
    armedJobs: armed.length,
    dueJobs: armed.filter(({ nextFireAt }) => nextFireAt! <= now).length,
    overdueMs: earliest === null ? 0 : Math.max(0, now - earliest),
    isLeaseHeld: lease.isHeld,
    isDatabaseUp: supervisor.isUp,
  };
}

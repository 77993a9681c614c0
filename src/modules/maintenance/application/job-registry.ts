/** The job functions of module `maintenance`, under their ids. A factory: they work on what main binds. */
import type { JobRegistry } from '../../foundation/index.ts';
import { createHeartbeatJob } from './jobs/heartbeat.ts';
import { createPruneHistoryJob } from './jobs/prune-history.ts';
import type { HistoryPruner } from './ports/history-pruner.ts';

export interface MaintenanceJobDependencies {
  readonly pruner: HistoryPruner;
  /** Wall-clock milliseconds since 1970. */
  readonly now: () => number;
}

export function createJobRegistry({ pruner, now }: MaintenanceJobDependencies): JobRegistry {
  return {
    'maintenance.heartbeat': createHeartbeatJob(now),
    'maintenance.prune-history': createPruneHistoryJob(pruner, now),
  };
}

/** The job functions of module `maintenance`, under their ids. A factory: they work on what main binds. */
import type { JobRegistry } from '../../foundation/index.ts';
import { createHeartbeatJob } from './jobs/heartbeat.ts';
import { createPruneHistoryJob, type PruneHistoryDependencies } from './jobs/prune-history.ts';

export type MaintenanceJobDependencies = PruneHistoryDependencies;

export function createJobRegistry(dependencies: MaintenanceJobDependencies): JobRegistry {
  return {
    'maintenance.heartbeat': createHeartbeatJob(dependencies.now),
    'maintenance.prune-history': createPruneHistoryJob(dependencies),
  };
}

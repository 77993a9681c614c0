/** What foundation wires, by name. A token's type is what resolving it gives. */
import type { Cancellations } from './application/ports/cancellations.ts';
import type { JobPausing } from './application/job-pausing.ts';
import type { JobPauses } from './application/ports/job-pauses.ts';
import type { RunAdmin } from './application/run-admin.ts';
import type { RunCanceller } from './application/run-canceller.ts';
import type { InjectionToken } from 'tsyringe';
import type { ConfigWatcher } from './application/config-watcher.ts';
import type { DatabaseSupervisor } from './application/database-supervisor.ts';
import type { DatabaseTime } from './application/database-time.ts';
import type { EventBus } from './application/event-bus.ts';
import type { FireDispatcher } from './application/fire-dispatcher.ts';
import type { InstanceLease } from './application/instance-lease.ts';
import type { JobAdmin } from './application/job-admin.ts';
import type { JobDirectory } from './application/job-directory.ts';
import type { JobLoader } from './application/job-loader.ts';
import type { OrphanRescuer } from './application/orphan-rescuer.ts';
import type { OutageJournal } from './application/outage-journal.ts';
import type { PendingRunStarter } from './application/pending-run-starter.ts';
import type { AheadClaims } from './application/ports/ahead-claims.ts';
import type { ChangeFeed } from './application/ports/change-feed.ts';
import type { Clock } from './application/ports/clock.ts';
import type { DatabaseConnection } from './application/ports/database-connection.ts';
import type { EventLedger } from './application/ports/event-ledger.ts';
import type { ExecutionLogRepository } from './application/ports/execution-log-repository.ts';
import type { FireClaims } from './application/ports/fire-claims.ts';
import type { HistoryPruner } from './application/ports/history-pruner.ts';
import type { Instance, Instances } from './application/ports/instances.ts';
import type { JobConfigRepository } from './application/ports/job-config-repository.ts';
import type { Logger } from './application/ports/logger.ts';
import type { PendingRuns } from './application/ports/pending-runs.ts';
import type { Metrics } from './application/ports/metrics.ts';
import type { Readiness } from './application/ports/readiness.ts';
import type { RunTracker } from './application/ports/run-tracker.ts';
import type { SchedulerFigures } from './application/ports/scheduler-figures.ts';
import type { Timers } from './application/ports/timers.ts';
import type { RunOutputs } from './application/ports/run-outputs.ts';
import type { RunLogs } from './application/run-logs.ts';
import type { RunOutputWriter } from './application/run-output-writer.ts';
import type { RunExecutor } from './application/run-executor.ts';
import type { SchedulerApplicationService } from './application/scheduler-application-service.ts';
import type { SchedulerStatus } from './application/scheduler-status.ts';
import type { SchedulingLoop } from './application/scheduling-loop.ts';

/** One instance of each. The names are those under which constructors ask for them. */
export interface Foundation {
  readonly aheadClaims: AheadClaims;
  readonly bus: EventBus;
  readonly canceller: RunCanceller;
  readonly cancellations: Cancellations;
  readonly claims: FireClaims;
  readonly clock: Clock;
  readonly configs: JobConfigRepository;
  readonly connection: DatabaseConnection;
  readonly directory: JobDirectory;
  readonly dispatcher: FireDispatcher;
  readonly executions: ExecutionLogRepository;
  readonly executor: RunExecutor;
  readonly feed: ChangeFeed;
  readonly figures: SchedulerFigures;
  readonly instance: Instance;
  readonly instances: Instances;
  readonly jobAdmin: JobAdmin;
  readonly journal: OutageJournal;
  readonly lease: InstanceLease;
  readonly ledger: EventLedger;
  readonly loader: JobLoader;
  readonly logger: Logger;
  readonly loop: SchedulingLoop;
  readonly metrics: Metrics;
  readonly newId: () => string;
  readonly output: RunOutputWriter;
  readonly outputs: RunOutputs;
  readonly pauses: JobPauses;
  readonly pausing: JobPausing;
  readonly pending: PendingRuns;
  readonly pendingStarter: PendingRunStarter;
  readonly pruner: HistoryPruner;
  readonly readiness: Readiness;
  readonly rescuer: OrphanRescuer;
  readonly runAdmin: RunAdmin;
  readonly runLogs: RunLogs;
  readonly scheduler: SchedulerApplicationService;
  readonly status: SchedulerStatus;
  readonly supervisor: DatabaseSupervisor;
  readonly time: DatabaseTime;
  readonly timers: Timers;
  readonly tracker: RunTracker;
  readonly watcher: ConfigWatcher;
}

/** The token of one of them. */
export function tokenOf<Name extends keyof Foundation>(name: Name): InjectionToken<Foundation[Name]> {
  return `carillon.foundation.${name}`;
}

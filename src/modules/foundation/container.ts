/**
 * The wiring of foundation: the only place that constructs what is wired, one instance each, made when first asked for.
 * By token and factory, without decorators, which run differently under each of the runtimes.
 */
import 'reflect-metadata';
import { container as root, type DependencyContainer, instanceCachingFactory } from 'tsyringe';
import { ConfigWatcher } from './application/config-watcher.ts';
import { DatabaseSupervisor } from './application/database-supervisor.ts';
import { DatabaseTime } from './application/database-time.ts';
import { readEngineGauges } from './application/engine-gauges.ts';
import { EngineReadiness } from './application/engine-readiness.ts';
import { EventBus } from './application/event-bus.ts';
import { FireDispatcher } from './application/fire-dispatcher.ts';
import { HeldRuns } from './application/held-runs.ts';
import { InstanceLease } from './application/instance-lease.ts';
import { JobAdmin } from './application/job-admin.ts';
import type { JobDefaults } from './application/job-defaults.ts';
import { JobDirectory } from './application/job-directory.ts';
import { JobLoader } from './application/job-loader.ts';
import { JobBackfill } from './application/job-backfill.ts';
import { JobLedger } from './application/job-ledger.ts';
import { JobRemoval } from './application/job-removal.ts';
import { JobPausing } from './application/job-pausing.ts';
import { LiveEvents } from './application/live-events.ts';
import { LiveRelay } from './application/live-relay.ts';
import { OrphanRescuer } from './application/orphan-rescuer.ts';
import { OutageJournal } from './application/outage-journal.ts';
import { OutageRuns } from './application/outage-runs.ts';
import { PendingRunStarter } from './application/pending-run-starter.ts';
import type { Instance } from './application/ports/instances.ts';
import type { EngineGauges, Metrics } from './application/ports/metrics.ts';
import type { Logger } from './application/ports/logger.ts';
import { RunAdmin } from './application/run-admin.ts';
import { RunLogs } from './application/run-logs.ts';
import { RunOutputWriter } from './application/run-output-writer.ts';
import { RunCanceller } from './application/run-canceller.ts';
import { RunExecutor } from './application/run-executor.ts';
import { SchedulerApplicationService } from './application/scheduler-application-service.ts';
import { SchedulerStatus } from './application/scheduler-status.ts';
import { SchedulingLoop } from './application/scheduling-loop.ts';
import { StartBurst } from './application/start-burst.ts';
import { ExecutionTracker } from './infrastructure/execution-tracker.ts';
import { PostgresChangeFeed } from './infrastructure/feed/postgres-change-feed.ts';
import { UncountedMetrics } from './infrastructure/metrics/uncounted-metrics.ts';
import type { Database } from './infrastructure/persistence/database.ts';
import { PostgresAheadClaims } from './infrastructure/persistence/postgres-ahead-claims.ts';
import { PostgresBackfills } from './infrastructure/persistence/postgres-backfills.ts';
import { PostgresEventHistory } from './infrastructure/persistence/postgres-event-history.ts';
import { PostgresOccurrenceRecords } from './infrastructure/persistence/postgres-occurrence-records.ts';
import { PostgresIdempotencyKeys } from './infrastructure/persistence/postgres-idempotency-keys.ts';
import { PostgresJobRemovals } from './infrastructure/persistence/postgres-job-removals.ts';
import { PostgresCancellations } from './infrastructure/persistence/postgres-cancellations.ts';
import { PostgresUnclaimedLedger } from './infrastructure/persistence/postgres-unclaimed-ledger.ts';
import { UnclaimedTeller } from './application/unclaimed-teller.ts';
import { PostgresEventLedger } from './infrastructure/persistence/postgres-event-ledger.ts';
import { PostgresFireClaims } from './infrastructure/persistence/postgres-fire-claims.ts';
import { PostgresHistoryPruner } from './infrastructure/persistence/postgres-history-pruner.ts';
import { PostgresInstances } from './infrastructure/persistence/postgres-instances.ts';
import { PostgresJobPauses } from './infrastructure/persistence/postgres-job-pauses.ts';
import { PostgresOutageSettlements } from './infrastructure/persistence/postgres-outage-settlements.ts';
import { PostgresPendingRuns } from './infrastructure/persistence/postgres-pending-runs.ts';
import { PostgresSchedulerFigures } from './infrastructure/persistence/postgres-scheduler-figures.ts';
import { PostgresRunOutputs } from './infrastructure/persistence/postgres-run-outputs.ts';
import { SchedulerExecutionLogRepository } from './infrastructure/persistence/scheduler-execution-log-repository.ts';
import { SchedulerJobConfigRepository } from './infrastructure/persistence/scheduler-job-config-repository.ts';
import { newRunId } from './infrastructure/run-ids.ts';
import { CronScheduleTimers } from './infrastructure/time/cron-schedule-timers.ts';
import { SystemClock } from './infrastructure/time/system-clock.ts';
import { type Foundation, tokenOf } from './tokens.ts';

export type FoundationContainer = DependencyContainer;

/** What foundation is given; all else it wires itself. */
export interface FoundationOptions {
  readonly database: Database;
  readonly instance: Instance;
  readonly logger: Logger;
  readonly maxConcurrentRuns: number;
  readonly defaults: JobDefaults;
  /** Left out: this instance counts nothing. */
  readonly metrics?: MetricsFactory;
}

export type MetricsFactory = (instance: Instance, readGauges: () => EngineGauges) => Metrics;

/** Everything, each made when it is first read. */
type Factories = { readonly [Name in keyof Foundation]: (wired: Foundation) => Foundation[Name] };

/** Registers foundation in a container of its own, and nothing is constructed yet. */
export function registerFoundation(options: FoundationOptions): FoundationContainer {
  const container = root.createChildContainer();
  const factories = factoriesOf(options);
  const wired = {} as Foundation;
  for (const name of Object.keys(factories) as (keyof Foundation)[]) {
    const make = factories[name] as (all: Foundation) => unknown;
    container.register<unknown>(tokenOf(name), { useFactory: instanceCachingFactory(() => make(wired)) });
    Object.defineProperty(wired, name, {
      configurable: true,
      get: () => keep(wired, name, container.resolve(tokenOf(name))),
    });
  }
  return container;
}

/** What was asked for once is a plain property from then on: every run reads a dozen of them. */
function keep<Name extends keyof Foundation>(wired: Foundation, name: Name, value: Foundation[Name]): Foundation[Name] {
  Object.defineProperty(wired, name, { value });
  return value;
}

function factoriesOf(options: FoundationOptions): Factories {
  const { database, instance, logger, defaults, maxConcurrentRuns } = options;
  return {
    instance: () => instance,
    connection: () => database,
    logger: () => logger,
    clock: () => new SystemClock(),
    timers: () => new CronScheduleTimers(),
    newId: () => newRunId,
    time: ({ clock }) => new DatabaseTime(clock),

    configs: () => new SchedulerJobConfigRepository(database),
    executions: () => new SchedulerExecutionLogRepository(database),
    cancellations: () => new PostgresCancellations(database),
    claims: () => new PostgresFireClaims(database),
    aheadClaims: () => new PostgresAheadClaims(database),
    pauses: () => new PostgresJobPauses(database),
    outputs: () => new PostgresRunOutputs(database),
    removals: () => new PostgresJobRemovals(database),
    backfills: () => new PostgresBackfills(database),
    records: () => new PostgresOccurrenceRecords(database),
    idempotencyKeys: () => new PostgresIdempotencyKeys(database),
    history: () => new PostgresEventHistory(database),
    pending: () => new PostgresPendingRuns(database),
    instances: () => new PostgresInstances(database),
    ledger: () => new PostgresEventLedger(database),
    unclaimedLedger: () => new PostgresUnclaimedLedger(database),
    figures: () => new PostgresSchedulerFigures(database),
    pruner: () => new PostgresHistoryPruner(database),
    feed: ({ timers }) => new PostgresChangeFeed({ database, timers, logger }),

    bus: (wired) => new EventBus(wired.logger),
    live: (wired) => new LiveEvents(wired),
    relay: (wired) => new LiveRelay(wired),
    directory: () => new JobDirectory(),
    journal: (wired) => new OutageJournal(wired),
    lease: (wired) => new InstanceLease(wired),
    output: (wired) => new RunOutputWriter(wired),
    starts: (wired) => new StartBurst(wired),
    tracker: (wired) => new ExecutionTracker(wired),
    executor: (wired) => new RunExecutor(wired),
    dispatcher: (wired) => new FireDispatcher(wired, maxConcurrentRuns),
    held: (wired) => new HeldRuns(wired),
    loader: (wired) => new JobLoader(wired),
    settlements: () => new PostgresOutageSettlements(database),
    outageRuns: (wired) => new OutageRuns(wired),
    loop: (wired) => new SchedulingLoop(wired),
    pendingStarter: (wired) => new PendingRunStarter(wired),
    watcher: (wired) => new ConfigWatcher(wired),
    canceller: (wired) => new RunCanceller(wired),
    unclaimedTeller: (wired) => new UnclaimedTeller(wired),
    rescuer: (wired) => new OrphanRescuer(wired),
    supervisor: (wired) => new DatabaseSupervisor(wired),
    scheduler: (wired) => new SchedulerApplicationService(wired),

    removal: ({ configs, removals }) => new JobRemoval({ configs, removals }),
    jobLedger: ({ history, configs, records, directory, time }) =>
      new JobLedger({ history, configs, records, defaults, registry: () => directory.registry, now: () => time.now() }),
    backfill: ({ configs, backfills, directory, time, newId }) =>
      new JobBackfill({ configs, backfills, newId, registry: () => directory.registry, now: () => time.now() }),
    pausing: ({ pauses, jobAdmin, time }) => new JobPausing({ pauses, jobAdmin, now: () => time.now() }),
    runAdmin: ({ configs, executions, pending, cancellations, newId, directory }) =>
      new RunAdmin({ configs, executions, pending, cancellations, newId, registry: () => directory.registry }),
    runLogs: (wired) => new RunLogs(wired),
    readiness: (wired) => new EngineReadiness(wired),
    metrics: (wired) => {
      const metrics = options.metrics?.(instance, () => readEngineGauges(wired)) ?? new UncountedMetrics();
      wired.bus.subscribe((event) => {
        if (event.type !== 'run.output') metrics.record(event);
      });
      return metrics;
    },
    status: ({ figures, configs, readiness, directory, time }) =>
      new SchedulerStatus({
        figures,
        configs,
        readiness,
        instanceId: instance.id,
        registry: () => directory.registry,
        now: () => time.now(),
      }),
    jobAdmin: ({ configs, executions, pending, newId, directory, time }) =>
      new JobAdmin({
        configs,
        executions,
        pending,
        newId,
        defaults,
        registry: () => directory.registry,
        now: () => time.now(),
      }),
  };
}

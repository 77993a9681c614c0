/** The admin API over ports in memory: an application to send requests to, and what stands behind it. */
import * as v from 'valibot';
import { JobAdmin } from '../../src/modules/foundation/application/job-admin.ts';
import { JobBackfill } from '../../src/modules/foundation/application/job-backfill.ts';
import { JobLedger } from '../../src/modules/foundation/application/job-ledger.ts';
import { JobRemoval } from '../../src/modules/foundation/application/job-removal.ts';
import { JobPausing } from '../../src/modules/foundation/application/job-pausing.ts';
import { LiveEvents } from '../../src/modules/foundation/application/live-events.ts';
import { RunLogs } from '../../src/modules/foundation/application/run-logs.ts';
import { RunAdmin } from '../../src/modules/foundation/application/run-admin.ts';
import type { ReadinessReport } from '../../src/modules/foundation/application/ports/readiness.ts';
import {
  defineJob,
  type MergedJobRegistry,
  type RegisteredJob,
} from '../../src/modules/foundation/domain/job-definition.ts';
import type { Dialect } from '../../src/modules/foundation/domain/schedule.ts';
import { SchedulerStatus } from '../../src/modules/foundation/application/scheduler-status.ts';
import { createApp } from '../../src/modules/foundation/interface/http/app.ts';
import { InMemoryBackfills } from './in-memory-backfills.ts';
import { InMemoryOccurrenceRecords } from './in-memory-occurrence-records.ts';
import { InMemoryIdempotencyKeys } from './in-memory-idempotency-keys.ts';
import { InMemoryEventHistory } from './in-memory-event-history.ts';
import { FailureLimit } from '../../src/modules/foundation/interface/http/failure-limit.ts';
import { InMemoryCancellations } from './in-memory-cancellations.ts';
import { InMemoryExecutions } from './in-memory-executions.ts';
import { InMemoryJobConfigs } from './in-memory-job-configs.ts';
import { InMemoryJobPauses } from './in-memory-job-pauses.ts';
import { PrometheusMetrics } from '../../src/modules/foundation/infrastructure/metrics/prometheus-metrics.ts';
import { InMemoryLogger } from './in-memory-logger.ts';
import { InMemoryFigures } from './in-memory-figures.ts';
import { InMemoryPendingRuns } from './in-memory-pending-runs.ts';
import { ManualTime } from './manual-time.ts';
import { InMemoryRunOutputs } from './in-memory-run-outputs.ts';

export const TOKENS = {
  admin: 'admin-token-that-is-long-enough-for-it',
  operator: 'operator-token-that-is-long-enough-too',
  viewer: 'viewer-token-that-is-long-enough-as-well',
};
/** A Friday. */
export const NOW = Date.UTC(2026, 0, 2, 12, 0, 0);

const sendMail = defineJob({
  run: () => null,
  description: 'Sends a mail.',
  kwargs: v.object({ to: v.string(), apiToken: v.optional(v.string()), retries: v.optional(v.number()) }),
  defaults: { retries: 3 },
});

export function registryOf(jobs: Record<string, Omit<RegisteredJob, 'id' | 'module'>>): MergedJobRegistry {
  return new Map(Object.entries(jobs).map(([id, job]) => [id, { ...job, id, module: 'test' }]));
}

const GAUGES = {
  activeRuns: 2,
  freeSlots: 998,
  armedJobs: 7,
  dueJobs: 1,
  overdueMs: 1_500,
  isLeaseHeld: true,
  isDatabaseUp: true,
};

/** Two functions: one that takes anything, one that is particular about its arguments. */
export const TEST_REGISTRY = registryOf({ 'warm-cache': { run: () => null }, 'send-mail': sendMail });

export interface ServiceOptions {
  readonly basePath?: string;
  readonly dialect?: Dialect;
  readonly tokens?: Partial<typeof TOKENS>;
  readonly bodyDeadlineMs?: number;
}

export type InMemoryService = ReturnType<typeof inMemoryService>;

export function inMemoryService(options: ServiceOptions = {}) {
  const clock = { ms: NOW };
  const now = () => clock.ms;
  const configs = new InMemoryJobConfigs();
  const executions = new InMemoryExecutions();
  const pending = new InMemoryPendingRuns(now);
  const cancellations = new InMemoryCancellations(executions);
  const logger = new InMemoryLogger();
  const report: { current: ReadinessReport } = { current: { mode: 'normal', checks: [] } };
  const registry = TEST_REGISTRY;
  const jobAdmin = new JobAdmin({
    configs,
    executions,
    pending,
    now,
    registry: () => registry,
    newId: () => '22222222-2222-4222-8222-222222222222',
    defaults: { timezone: 'Asia/Shanghai', ...(options.dialect === undefined ? {} : { dialect: options.dialect }) },
  });
  const removal = new JobRemoval({ configs, removals: configs });
  const backfills = new InMemoryBackfills(executions, pending);
  let ids = 0;
  const newId = () => `44444444-4444-4444-8444-${String((ids += 1)).padStart(12, '0')}`;
  const backfill = new JobBackfill({ configs, backfills, now, newId, registry: () => registry });
  const idempotencyKeys = new InMemoryIdempotencyKeys();
  const history = new InMemoryEventHistory();
  const records = new InMemoryOccurrenceRecords(executions, pending);
  const defaults = { timezone: 'Asia/Shanghai' };
  const jobLedger = new JobLedger({ history, configs, records, defaults, now, registry: () => registry });
  const pauses = new InMemoryJobPauses(configs, now);
  const pausing = new JobPausing({ pauses, jobAdmin, now });
  const runAdmin = new RunAdmin({
    configs,
    executions,
    pending,
    cancellations,
    registry: () => registry,
    newId: () => '33333333-3333-4333-8333-333333333333',
  });
  const outputs = new InMemoryRunOutputs();
  const runLogs = new RunLogs({ configs, executions, pending, outputs });
  const readiness = { report: () => report.current };
  const figures = new InMemoryFigures(executions, now);
  const status = new SchedulerStatus({
    figures,
    configs,
    readiness,
    registry: () => registry,
    now,
    instanceId: 'instance-1',
  });
  const metrics = new PrometheusMetrics({
    instance: {
      id: 'instance-1',
      hostname: 'host',
      runtime: 'node 24.0.0',
      version: '0.1.0',
      startedAt: new Date(NOW),
    },
    readGauges: () => GAUGES,
    readEventLoopDelay: () => null,
  });
  const { basePath = '', tokens = TOKENS, bodyDeadlineMs } = options;
  const live = new LiveEvents({ logger });
  const timers = new ManualTime(NOW);
  const failures = new FailureLimit(now);
  const readReferenceFile = async (name: string) => `/* ${name} */`;
  const orders = { pausing, removal, backfill, idempotencyKeys };
  const own = { jobAdmin, runAdmin, runLogs, ...orders, jobLedger, readiness, status, metrics };
  const deps = { ...own, live, timers, logger, tokens, basePath, failures, readReferenceFile };
  const app = createApp(bodyDeadlineMs === undefined ? deps : { ...deps, bodyDeadlineMs });
  return {
    history,
    idempotencyKeys,
    backfills,
    app,
    deps,
    jobAdmin,
    configs,
    executions,
    live,
    timers,
    outputs,
    pending,
    cancellations,
    pauses,
    figures,
    metrics,
    logger,
    report,
    clock,
  };
}

/** A service whose use cases all fail; what stands before them works. */
export function brokenService(error: Error): Pick<InMemoryService, 'app'> {
  const { deps } = inMemoryService();
  const fail = (): never => {
    throw error;
  };
  const broken = new Proxy({}, { get: () => fail });
  const useCases = Object.entries(deps).filter(
    ([, dep]) => typeof dep === 'object' && dep !== deps.tokens && dep !== deps.logger && dep !== deps.failures,
  );
  const broke = Object.fromEntries(useCases.map(([name]) => [name, broken]));
  return { app: createApp({ ...deps, ...broke, readReferenceFile: fail }) };
}

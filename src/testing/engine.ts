/**
 * A whole engine in virtual time, wired by the real container over a store in memory. Two engines over one store are
 * two replicas.
 */
import { type FoundationContainer, registerFoundation } from '../modules/foundation/container.ts';
import { type Foundation, tokenOf } from '../modules/foundation/tokens.ts';
import type { JobFunction, MergedJobRegistry } from '../modules/foundation/domain/job-definition.ts';
import { toRegisteredJob } from '../modules/foundation/domain/job-definition.ts';
import type { Database } from '../modules/foundation/infrastructure/persistence/database.ts';
import { Lifespan } from '../main/lifespan.ts';
import { schedulerSteps } from '../main/scheduler-steps.ts';
import { InMemoryLogger } from './in-memory-logger.ts';
import { InMemoryStore } from './in-memory-store.ts';
import { StoreLink } from './store-link.ts';
import { ManualTime } from './manual-time.ts';
import { StoredAheadClaims } from './stored-ahead-claims.ts';
import { StoredBackfills } from './stored-backfills.ts';
import { StoredCancellations } from './stored-cancellations.ts';
import { StoredFireClaims } from './stored-claims.ts';
import { StoredPendingRuns } from './stored-pending-runs.ts';
import { StoredOutageSettlements } from './stored-outage-settlements.ts';
import { StoredJobConfigs } from './stored-job-configs.ts';
import { StoredJobPauses } from './stored-job-pauses.ts';
import { StoredJobRemovals } from './stored-job-removals.ts';
import { StoredConnection, StoredEventLedger, StoredExecutions, StoredInstances } from './stored-repositories.ts';
import { StoredChangeFeed } from './stored-change-feed.ts';
import { StoredUnclaimedLedger } from './stored-unclaimed-ledger.ts';
import { StoredRunOutputs } from './stored-run-outputs.ts';

/** A Friday, a few seconds before noon. */
export const START = '2026-01-02T11:59:57.000Z';

export interface EngineOptions {
  readonly store: InMemoryStore;
  /** Of the instance. Default: one that no other has. */
  readonly id?: string;
  readonly jobs?: Readonly<Record<string, JobFunction>>;
  /** In place of `jobs`. */
  readonly registry?: MergedJobRegistry;
  /** Of jobs that name none. */
  readonly timezone?: string;
  readonly maxConcurrentRuns?: number;
  /** How long a stop lets runs go on, in milliseconds of real time. Default 1,000. */
  readonly shutdownGraceMs?: number;
}

export interface Engine {
  readonly container: FoundationContainer;
  readonly wired: Foundation;
  readonly link: StoreLink;
  readonly logger: InMemoryLogger;
  readonly registry: MergedJobRegistry;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** As `kill -9`: nothing it asks is answered any more, and nothing it does is seen. */
  kill(): void;
}

export function newStore(startAt: string = START): InMemoryStore {
  const store = new InMemoryStore(new ManualTime(startAt));
  // Not the very first start: that one makes a job of its own.
  store.addEvent({ type: 'instance.started', jobId: null });
  return store;
}

let engines = 0;

export function createEngine({
  store,
  jobs = {},
  timezone = 'UTC',
  shutdownGraceMs = 1_000,
  ...options
}: EngineOptions): Engine {
  engines += 1;
  const link = new StoreLink(store);
  const logger = new InMemoryLogger();
  const registry = options.registry ?? registryOf(jobs);
  const container = registerFoundation({
    database: new StoredConnection(link) as unknown as Database,
    instance: {
      id: options.id ?? `engine-${engines}`,
      hostname: 'host',
      runtime: 'node 24.0.0',
      version: '0.0.0',
      startedAt: new Date(store.now()),
    },
    logger,
    maxConcurrentRuns: options.maxConcurrentRuns ?? 100,
    defaults: { timezone },
  });
  for (const [token, value] of Object.entries(portsOf(link, logger))) {
    container.register<unknown>(tokenOf(token as keyof Foundation), { useValue: value });
  }
  const lifespan = new Lifespan(schedulerSteps(container, { registry, shutdownGraceMs }), logger);
  const wired = new Proxy({} as Foundation, {
    get: (_target, token) => container.resolve(tokenOf(token as keyof Foundation)),
  });
  return {
    container,
    wired,
    link,
    logger,
    registry,
    start: () => lifespan.start(),
    stop: () => lifespan.stop(),
    kill: () => void (link.isDead = true),
  };
}

function portsOf(link: StoreLink, logger: InMemoryLogger): Partial<Foundation> {
  return {
    clock: link.store.time,
    timers: link.store.time,
    newId: () => link.store.newId(),
    configs: new StoredJobConfigs(link),
    executions: new StoredExecutions(link),
    pauses: new StoredJobPauses(link),
    removals: new StoredJobRemovals(link),
    backfills: new StoredBackfills(link),
    cancellations: new StoredCancellations(link),
    claims: new StoredFireClaims(link),
    aheadClaims: new StoredAheadClaims(link),
    pending: new StoredPendingRuns(link),
    outputs: new StoredRunOutputs(link),
    settlements: new StoredOutageSettlements(link),
    instances: new StoredInstances(link),
    ledger: new StoredEventLedger(link),
    unclaimedLedger: new StoredUnclaimedLedger(link),
    feed: new StoredChangeFeed(link, logger),
  };
}

export function registryOf(jobs: Readonly<Record<string, JobFunction>>): MergedJobRegistry {
  return new Map(Object.entries(jobs).map(([id, run]) => [id, toRegisteredJob(id, 'test', run)]));
}

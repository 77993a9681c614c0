/** Where the story is lived: over a real database in virtual time, and over the store of the testing kit. */
import { sql } from 'drizzle-orm';
import type { JobFunction } from '../../../src/modules/foundation/domain/job-definition.ts';
import type { Foundation } from '../../../src/modules/foundation/tokens.ts';
import { createEngine, newStore } from '../../../src/testing/engine.ts';
import type { InMemoryStore } from '../../../src/testing/in-memory-store.ts';
import type { ManualTime } from '../../../src/testing/manual-time.ts';
import type { StoreKind } from '../../support/databases.ts';
import { VirtualConnection, VirtualDatabase } from '../../support/virtual-database.ts';
import { startVirtualReplica } from '../../support/virtual-replica.ts';

/** Of real time, which a stop waits for runs that end in virtual time. */
const GRACE_MS = 120_000;

export type RunRow = Record<'job_id' | 'scheduled_at' | 'started_at' | 'status' | 'trigger', string> & {
  readonly attempt: number;
  readonly failure_reason: string | null;
};
export type EventRow = Record<'job_id' | 'scheduled_at' | 'type', string> &
  Record<'reason' | 'count' | 'first' | 'last', string | null>;

/** A whole process. */
export interface Replica {
  readonly wired: Foundation;
  readonly link: { isAway: boolean };
  stop(): Promise<void>;
  kill(): void;
}

export interface StoryWorld {
  readonly time: ManualTime;
  start(jobs: Readonly<Record<string, JobFunction>>): Promise<Replica>;
  read(): Promise<{
    readonly runs: readonly RunRow[];
    readonly events: readonly EventRow[];
    readonly waiting: readonly Record<'job_id' | 'scheduled_at', string>[];
  }>;
  close(): Promise<void>;
}

export async function openWorld(kind: StoreKind, startAt: string): Promise<StoryWorld> {
  if (kind === 'the testing kit') return kitWorld(newStore(startAt));
  return databaseWorld(await VirtualDatabase.open(kind, startAt));
}

function databaseWorld(database: VirtualDatabase): StoryWorld {
  const connection = new VirtualConnection(database);
  return {
    time: database.time,
    start: (jobs) => startVirtualReplica(database, jobs, GRACE_MS),
    read: async () => ({
      runs: await connection.rows<RunRow>(sql`
        select job_id, scheduled_at, started_at, attempt, status, failure_reason, trigger from scheduler_execution_log`),
      events: await connection.rows<EventRow>(sql`
        select job_id, scheduled_at, type, reason, detail->>'count' as count, detail->>'from' as first,
          detail->>'to' as last
        from scheduler_event where job_id is not null and type not like 'job.%'`),
      waiting: await connection.rows(sql`select job_id, scheduled_at from scheduler_pending_run`),
    }),
    close: () => database.behind.close(),
  };
}

function kitWorld(store: InMemoryStore): StoryWorld {
  return {
    time: store.time,
    start: async (jobs) => {
      const engine = createEngine({ store, jobs, maxConcurrentRuns: 5_000, shutdownGraceMs: GRACE_MS });
      await engine.start();
      await store.time.advance(0);
      return engine;
    },
    read: async () => ({
      runs: [...store.executions.values()].map((run) => ({
        ...{ job_id: run.jobId, scheduled_at: run.scheduledAt.toISOString(), started_at: run.startedAt.toISOString() },
        ...{ attempt: run.attempt, status: run.status, failure_reason: run.failureReason, trigger: run.trigger },
      })),
      events: store.events.flatMap(({ type, jobId, scheduledAt, reason = null, detail }) => {
        if (jobId === null || type.startsWith('job.')) return [];
        const { count = null, from: first = null, to: last = null } = (detail ?? {}) as Record<string, string | null>;
        return [{ job_id: jobId, scheduled_at: scheduledAt!.toISOString(), type, reason, count, first, last }];
      }),
      waiting: [...store.pending.values()].map((run) => ({
        ...{ job_id: run.jobId, scheduled_at: run.scheduledAt.toISOString() },
      })),
    }),
    close: async () => {},
  };
}

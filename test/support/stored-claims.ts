/** The ports FireClaims and PendingRuns over the store in memory. */
import type {
  ClaimResult,
  DueFire,
  FireClaims,
  FireCursor,
} from '../../src/modules/foundation/application/ports/fire-claims.ts';
import type {
  NewPendingRun,
  PendingRun,
  PendingRuns,
} from '../../src/modules/foundation/application/ports/pending-runs.ts';
import { JobNotFoundError } from '../../src/modules/foundation/domain/errors.ts';
import { handlerOf } from '../../src/modules/foundation/domain/job-config.ts';
import type { Run } from '../../src/modules/foundation/domain/run.ts';
import type { InMemoryStore, StoreLink } from './in-memory-store.ts';

const RUNNING = {
  status: 'RUNNING',
  finishedAt: null,
  durationMs: null,
  errorMessage: null,
  errorStack: null,
  failureReason: null,
  result: null,
  progress: null,
} as const;

/** Writes a RUNNING record. @returns false where its occurrence has one already */
export function insertRunning(store: InMemoryStore, run: Run): boolean {
  const isTaken = store
    .runsOf(run.jobId)
    .some((other) => other.scheduledAt.getTime() === run.scheduledAt.getTime() && other.attempt === run.attempt);
  if (isTaken || store.executions.has(run.id)) return false;
  const { id, jobId, scheduledAt, startedAt, attempt, maxAttempts, trigger, instanceId, jobKwargs } = run;
  store.executions.set(id, {
    ...{ id, jobId, scheduledAt, startedAt, attempt, maxAttempts, trigger, instanceId, jobKwargs },
    ...RUNNING,
  });
  return true;
}

export class StoredFireClaims implements FireClaims {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  claim(instanceId: string, fires: readonly DueFire[]): Promise<ClaimResult> {
    const { store } = this.#link;
    return this.#link.call('claims.claim', () => {
      const runs: Run[] = [];
      const moved = new Set<string>();
      for (const fire of fires) claimOne({ store, instanceId, runs, moved }, fire);
      return { runs, moved };
    });
  }

  getClaimed(instanceId: string, runIds: readonly string[]): Promise<Run[]> {
    const { store } = this.#link;
    return this.#link.call('claims.getClaimed', () =>
      runIds
        .map((id) => store.executions.get(id))
        .filter((run) => run !== undefined)
        .filter((run) => run.instanceId === instanceId && run.status === 'RUNNING'),
    );
  }

  arm(cursors: readonly { jobId: string; revision: number; nextFireAt: Date | null }[]): Promise<void> {
    const { store } = this.#link;
    return this.#link.call('claims.arm', () => {
      for (const { jobId, revision, nextFireAt } of cursors) {
        const cursor = store.cursors.get(jobId);
        if (cursor?.nextFireAt !== 'unarmed' || cursor.revision !== revision) continue;
        store.cursors.set(jobId, { jobId, revision, nextFireAt: nextFireAt ?? 'exhausted' });
      }
    });
  }

  getCursors(jobIds?: readonly string[]): Promise<FireCursor[]> {
    const { store } = this.#link;
    return this.#link.call('claims.getCursors', () =>
      [...store.cursors.values()].filter((cursor) => jobIds?.includes(cursor.jobId) ?? true),
    );
  }

  getOverdue(olderThanMs: number, limit: number): Promise<FireCursor[]> {
    const { store } = this.#link;
    return this.#link.call('claims.getOverdue', () =>
      [...store.cursors.values()]
        .filter(({ nextFireAt }) => nextFireAt instanceof Date && nextFireAt.getTime() <= store.now() - olderThanMs)
        .slice(0, limit),
    );
  }
}

interface Claiming {
  readonly store: InMemoryStore;
  readonly instanceId: string;
  readonly runs: Run[];
  readonly moved: Set<string>;
}

function claimOne({ store, instanceId, runs, moved }: Claiming, fire: DueFire): void {
  const { config, dueAt, nextFireAt, event } = fire;
  const { jobId, revision, maxAttempts, jobKwargs } = config;
  const cursor = store.cursors.get(jobId);
  if (cursor?.revision !== revision || !(cursor.nextFireAt instanceof Date)) return;
  if (cursor.nextFireAt.getTime() !== dueAt.getTime() || dueAt.getTime() > store.now()) return;
  const isOverlapping = config.overlapPolicy !== 'allow' && store.isExclusivelyRunning(jobId);
  if (fire.run !== null && isOverlapping && fire.whenOverlapping === 'wait') return;
  if (fire.run !== null && isOverlapping) {
    store.addEvent({ type: 'occurrence.skipped', jobId, scheduledAt: fire.run.scheduledAt, reason: 'overlap' });
  } else if (fire.run !== null) {
    const startedAt = new Date(store.now());
    const run = { ...fire.run, jobId, startedAt, attempt: 1, maxAttempts, instanceId, jobKwargs };
    if (insertRunning(store, run)) runs.push(run);
  }
  if (event !== null) store.addEvent(event);
  store.cursors.set(jobId, { jobId, revision, nextFireAt: nextFireAt ?? 'exhausted' });
  moved.add(jobId);
}

export class StoredPendingRuns implements PendingRuns {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  add(run: NewPendingRun): Promise<PendingRun> {
    const { store } = this.#link;
    return this.#link.call('pending.add', () => {
      if (!store.configs.has(run.jobId)) throw new JobNotFoundError(run.jobId);
      const pending = {
        ...run,
        scheduledAt: new Date(store.freeInstant(run.jobId)),
        attempt: 1,
        createdAt: new Date(store.now()),
      };
      store.pending.set(run.id, pending);
      store.tell({ kind: 'pending' });
      return pending;
    });
  }

  getById(id: string): Promise<PendingRun | null> {
    return this.#link.call('pending.getById', () => this.#link.store.pending.get(id) ?? null);
  }

  claim(instanceId: string, { handlers, limit }: { handlers: readonly string[]; limit: number }): Promise<Run[]> {
    const { store } = this.#link;
    return this.#link.call('pending.claim', () => {
      const runs: Run[] = [];
      for (const waiting of store.pending.values()) {
        const config = store.configs.get(waiting.jobId);
        if (config !== undefined && !handlers.includes(handlerOf(config))) continue;
        if (config?.overlapPolicy !== 'allow' && store.isExclusivelyRunning(waiting.jobId)) continue;
        if (runs.length >= limit) break;
        const { id, jobId, scheduledAt, attempt, trigger, jobKwargs } = waiting;
        const { maxAttempts } = config ?? { maxAttempts: 1 };
        const startedAt = new Date(store.now());
        const run = { id, jobId, scheduledAt, attempt, trigger, jobKwargs, maxAttempts, startedAt, instanceId };
        if (!insertRunning(store, run)) continue;
        runs.push(run);
        store.pending.delete(id);
      }
      return runs;
    });
  }
}

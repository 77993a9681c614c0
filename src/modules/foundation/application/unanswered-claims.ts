/**
 * Claims whose answer was lost: the runs that they may have written, until it is known. Nobody else can start those that
 * were; so they are asked for, again and again, until the lost statement can no longer take effect.
 */
import type { RunnableConfig } from '../domain/job-config.ts';
import type { AheadRun } from './ports/ahead-claims.ts';
import { LateClaim, type LateClaimDeps } from './late-claim.ts';
import type { DueFire, FireClaims } from './ports/fire-claims.ts';

const ASK_EVERY_MS = 1_000;

export interface UnansweredClaimsDeps extends LateClaimDeps {
  readonly claims: Pick<FireClaims, 'getClaimed'>;
}

export interface Sent {
  /** The database's clock, milliseconds since 1970. */
  readonly plannedAt: number;
  /** As often the lease had been renewed. */
  readonly renewals: number;
}

/** What was planned of a due cursor, and by which clock: planned so again, it is the same. */
export interface Planned extends Sent {
  /** What the cursor said. */
  readonly dueAt: Date;
}

export interface UnansweredRun extends Planned {
  readonly runId: string;
  readonly scheduledAt: Date;
  readonly config: RunnableConfig;
  /** Where the claim would have moved the cursor; null: exhausted. */
  readonly nextFireAt: Date | null;
}

/** A run that its claim may have taken. */
export type SettledRun = AheadRun & Planned;

/** Whoever runs occurrences without the database asks this first. */
export interface UnansweredLookup {
  /** By which clock the claim of an occurrence that was not answered was planned; null: there is none. */
  plannedAt(jobId: string, dueAt: number): number | null;
  /** The run id that its claim gave an occurrence, for whoever runs it now; null: none is unanswered. It is not asked for again. */
  take(jobId: string, scheduledAt: Date): string | null;
}

/** The run that the claim of a due cursor may have written, if it was to write one. */
export function unansweredOf({ run, config, dueAt, nextFireAt }: DueFire, sent: Sent): UnansweredRun[] {
  return run === null ? [] : [{ runId: run.id, scheduledAt: run.scheduledAt, config, dueAt, nextFireAt, ...sent }];
}

export class UnansweredClaims implements UnansweredLookup {
  readonly #deps: UnansweredClaimsDeps;
  readonly #runs = new Map<string, Omit<UnansweredRun, 'runId'> & { readonly claim: LateClaim }>();
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: UnansweredClaimsDeps) {
    this.#deps = deps;
  }

  add(runs: readonly UnansweredRun[]): void {
    const claim = new LateClaim(this.#deps);
    for (const { runId, ...run } of runs) this.#runs.set(runId, { ...run, claim });
  }

  /** Claimed again, an occurrence keeps its run id: whichever of its claims took effect, it is one run. */
  asBefore(fire: DueFire): DueFire {
    const { config, run } = fire;
    const runId = run === null ? null : this.#idOf(config.jobId, run.scheduledAt);
    return run === null || runId === null ? fire : { ...fire, run: { ...run, id: runId } };
  }

  /** It was answered after all: its run is started, and a record that says RUNNING says nothing new. */
  forget(runId: string): void {
    this.#runs.delete(runId);
  }

  plannedAt(jobId: string, dueAt: number): number | null {
    const of = [...this.#runs.values()].findLast((run) => run.config.jobId === jobId && run.dueAt.getTime() === dueAt);
    return of?.plannedAt ?? null;
  }

  take(jobId: string, scheduledAt: Date): string | null {
    const runId = this.#idOf(jobId, scheduledAt);
    if (runId !== null) this.#runs.delete(runId);
    return runId;
  }

  #idOf(jobId: string, scheduledAt: Date): string | null {
    for (const [runId, run] of this.#runs)
      if (run.config.jobId === jobId && run.scheduledAt.getTime() === scheduledAt.getTime()) return runId;
    return null;
  }

  /** How long until it is worth asking; null: there is nothing to ask. */
  get askInMs(): number | null {
    if (this.#runs.size === 0) return null;
    return Math.max(0, this.#askedAt + ASK_EVERY_MS - this.#deps.clock.monotonicMs());
  }

  /**
   * Starts those that turned out to be RUNNING records of this instance; each once. At most every second.
   * @param start false: it cannot be started now, and is asked about again
   * @throws DatabaseUnavailableError with nothing forgotten
   */
  async settle(instanceId: string, start: (found: SettledRun) => boolean): Promise<void> {
    if (this.askInMs !== 0) return;
    this.#askedAt = this.#deps.clock.monotonicMs();
    const settled = new Set([...this.#runs].filter(([, { claim }]) => claim.isSettled()).map(([runId]) => runId));
    for (const run of await this.#deps.claims.getClaimed(instanceId, [...this.#runs.keys()])) {
      const known = this.#runs.get(run.id);
      if (known === undefined) continue;
      if (start({ ...known, run })) settled.add(run.id);
      else settled.delete(run.id);
    }
    for (const runId of settled) this.#runs.delete(runId);
  }
}

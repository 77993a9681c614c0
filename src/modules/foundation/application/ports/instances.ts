/** The processes that run jobs: one lease each, renewed while they live. Runs of an instance without a lease are lost. */
import type { Run } from '../../domain/run.ts';

export interface Instance {
  readonly id: string;
  readonly hostname: string;
  /** `node 24.1.0`, `deno 2.9.6` … */
  readonly runtime: string;
  readonly version: string;
  readonly startedAt: Date;
}

export interface LiveInstance extends Instance {
  readonly renewedAt: Date;
  readonly expiresAt: Date;
}

export interface Renewal {
  /** The database's clock. */
  readonly now: Date;
  /** How often the lease has been renewed: the fencing token of what is claimed from now on. */
  readonly renewals: number;
  readonly live: LiveInstance[];
  /** No other has a lease, nor had one within `MISSED_MS` that it did not give up: that one may be about to come back. */
  readonly isAlone: boolean;
}

/** So long an instance whose lease ended is missed, where it did not end it by itself. */
export const MISSED_MS = 60_000;

export interface LostRun {
  readonly id: string;
  readonly jobId: string;
  readonly scheduledAt: Date;
  readonly instanceId: string;
}

/** What a statement made good, and where the next one goes on; null: there is nothing more. */
export interface Rescue {
  readonly lost: LostRun[];
  readonly rest: string | null;
}

export interface Instances {
  /** Takes or prolongs the lease by `leaseMs` of the database's time. */
  renew(instance: Instance, leaseMs: number): Promise<Renewal>;
  /** Ends the lease now. */
  release(instanceId: string): Promise<void>;
  /** RUNNING records whose instance has no lease become FAILED / LOST, each with its event; never those of `instanceId`,
   * and not those that `AheadClaims.giveBackOfDead` gives back.
   * Of jobs with `onLost: retry` the next attempt waits, where one is left. A portion, from where the one before it ended: its
   * `rest`; left out or null: from the first. */
  rescue(instanceId: string, from?: string | null): Promise<Rescue>;
  /** RUNNING records that this instance has held for longer than that by the database's clock. */
  getRunning(instanceId: string, longerThanMs: number): Promise<Run[]>;
}

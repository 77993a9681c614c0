/**
 * What one contender of `bench/fire.ts` is told, what it must be able to do, and what is measured of it.
 *
 * Invariant: every contender gets the same: a process, a database and an instant of its own, and a function that does
 * nothing but say that it was started.
 */
import type { Sql } from 'postgres';

export interface FireOrder {
  readonly contender: string;
  /** A database of its own. */
  readonly url: string;
  /** Jobs that are due in the same second. */
  readonly due: number;
  /** Enabled jobs in all, where the contender knows schedules; those that are not due then are due another day. */
  readonly enabled: number;
  /** How long before the due second everything is made ready. */
  readonly leadMs: number;
}

/** Is called when a job's function starts. @param atMs when that was, milliseconds since 1970; left out: now */
export type OnStart = (atMs?: number) => void;

export interface StartedContender {
  /** How long it took from the start of the system until all was armed, where that means something. */
  readonly armedMs: number | null;
  /** Of several replicas: the share of fires that were claimed in vain. */
  wastedClaims?(): number;
  stop(): Promise<void>;
}

export interface Contender {
  /** False: what PostgreSQL spends is none of its. Left out: true. */
  readonly isOnPostgres?: boolean;
  /** Puts the jobs into the database, through the system's own interface where that is fast enough. */
  schedule(order: FireOrder, dueAt: Date): Promise<void>;
  start(order: FireOrder, onStart: OnStart): Promise<StartedContender>;
  /** Whether every run has ended and that is written down; asked once all have started. */
  isRecorded(sql: Sql, order: FireOrder): Promise<boolean>;
}

export interface FireReport {
  readonly contender: string;
  readonly started: number;
  readonly startP50Ms: number;
  readonly startP99Ms: number;
  readonly startMaxMs: number;
  /** From the due instant until all was recorded; null: it was given up. */
  readonly recordedMs: number | null;
  /** This and the next: null where it is not on PostgreSQL. */
  readonly statementsPerRun: number | null;
  readonly walBytesPerRun: number | null;
  readonly clientCpuUsPerRun: number;
  /** Null there too, and where the server's processes cannot be read. */
  readonly serverCpuUsPerRun: number | null;
  readonly idleRssMb: number;
  readonly peakRssMb: number;
  readonly loopDelayP99Ms: number;
  readonly armedMs: number | null;
  /** Null: not counted. */
  readonly wastedClaims: number | null;
}

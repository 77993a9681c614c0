/**
 * What a chaos run left behind, as plain data: the side effects, the rows, what was asked and acknowledged. Owns its shape
 * alone. Invariant: every instant is in milliseconds since 1970, by clocks of one machine.
 */
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import type { FailureReason, RunStatus } from '../../src/modules/foundation/domain/run.ts';
import type { GiveBackRecord, LeaseRecord } from './lease-record.ts';
import type { PastHistory } from './past-history.ts';
import type { JobVersion } from './job-version.ts';
import type { LedgerLine } from './ledger-line.ts';
import type { RunningSample } from './running-watch.ts';

export interface ExecutionRecord {
  readonly id: string;
  readonly jobId: string;
  readonly scheduledAtMs: number;
  /** When an instance took it; null: not known. */
  readonly claimedAtMs: number | null;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly trigger: string;
  /** It waited as a pending run before it was claimed. */
  readonly wasPending: boolean;
  readonly instanceId: string | null;
  readonly failureReason: FailureReason | null;
  /** Somebody wanted it to stop, whether or not that was answered. */
  readonly isCancelRequested: boolean;
  /** How many of its lines are kept, and the number of the last. */
  readonly lines: number;
  readonly lastLine: number;
  /** How far it said that it is; null: nothing. */
  readonly progress: number | null;
  /** The replica that the result says it comes from, where it says so. */
  readonly resultFrom: string | null;
  /** Of its job's configuration, among its arguments; null: it has none there. */
  readonly version: number | null;
}

export interface EventRecord {
  readonly atMs: number;
  readonly type: string;
  readonly jobId: string | null;
  readonly executionId: string | null;
  readonly scheduledAtMs: number | null;
  /** The interval that it speaks of; the instant alone where it names none. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly reason: string | null;
}

/** A run that waits for an instance, at the end. */
export interface PendingRecord {
  readonly id: string;
  readonly jobId: string;
  readonly scheduledAtMs: number;
  readonly attempt: number;
  readonly availableAtMs: number;
}

export interface JobExpectation {
  readonly jobId: string;
  readonly spec: JobSpec;
  /** Occurrences that must have come to something. */
  readonly expectedAtMs: readonly number[];
  /** Its function writes the ledger whenever it is called. */
  readonly isLedgered: boolean;
}

export interface Incarnation {
  readonly name: string;
  readonly endedAtMs: number | null;
  /** When somebody first told it to end; left out: nobody did. */
  readonly toldToEndAtMs?: number | null;
  /** Ended as told, with everything drained. */
  readonly isDrained: boolean;
}

/** A change of one field that nobody else changes. */
export interface EditRecord {
  readonly jobId: string;
  readonly value: string;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  /** Answered with 2xx. */
  readonly isAcknowledged: boolean;
}

export interface TriggerRecord {
  readonly jobId: string;
  readonly executionId: string;
  readonly askedAtMs: number;
}

/** A job was told to pause, or to go on. */
export interface PauseRecord {
  readonly jobId: string;
  readonly order: 'pause' | 'resume' | 'catchUp';
  /** When the pause ends by itself. */
  readonly untilMs: number | null;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly isAcknowledged: boolean;
}

/** A run was told to stop, and it was acknowledged that it will. */
export interface CancelRecord {
  readonly jobId: string;
  readonly executionId: string;
  readonly answeredAtMs: number;
}

/** A trigger whose answers may have been lost: it was asked for so many times, under one reason. */
export interface RepeatedOrder {
  readonly jobId: string;
  readonly reason: string;
  /** How many runs it may have led to at most. */
  readonly allowed: number;
}

/** A job that the traffic made, and removed again. Null: it was not acknowledged. */
export interface BriefJob {
  readonly jobId: string;
  readonly madeAtMs: number | null;
  readonly removedAtMs: number | null;
  /** It was asked for, whatever the answer. */
  readonly isRemovalAsked: boolean;
}

/** Occurrences that are to be run again, as it was acknowledged. */
export interface BackfillRecord {
  readonly jobId: string;
  /** Its runs do not overlap, and are started oldest first. */
  readonly isInTurn: boolean;
  readonly answeredAtMs: number;
  readonly runs: readonly { readonly executionId: string; readonly scheduledAtMs: number }[];
}

export interface Orders {
  readonly pauses: readonly PauseRecord[];
  readonly cancels: readonly CancelRecord[];
  readonly repeated: readonly RepeatedOrder[];
  readonly briefJobs: readonly BriefJob[];
  readonly backfills: readonly BackfillRecord[];
  /** Runs that a person wanted to run again: the occurrences that thereby have more attempts. */
  readonly retriedOccurrences: ReadonlySet<string>;
}

/** When a replica, or the server for all of them, was not as it should be. */
export interface Disturbance {
  readonly on: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It was told to end, and nothing else; left out: it was broken. */
  readonly isDrain?: boolean;
}

/** What a running cluster must not do, seen by the one who runs it: a process that died by itself, a stop that took too long. */
export interface Misconduct {
  readonly what: string;
  readonly atMs: number;
}

export interface History {
  readonly jobs: readonly JobExpectation[];
  readonly ledger: readonly LedgerLine[];
  readonly executions: readonly ExecutionRecord[];
  readonly events: readonly EventRecord[];
  /** Instance id → the replica's incarnation. */
  readonly instances: ReadonlyMap<string, string>;
  readonly incarnations: readonly Incarnation[];
  /** In the order of their time. */
  readonly leases: readonly LeaseRecord[];
  readonly giveBacks: readonly GiveBackRecord[];
  readonly edits: readonly EditRecord[];
  /** Of those jobs whose configuration changes, each in the order of its edits. */
  readonly versions: readonly JobVersion[];
  readonly triggers: readonly TriggerRecord[];
  /** The edited field of each job, as the database has it at the end. */
  readonly finalValues: ReadonlyMap<string, string>;
  readonly pending: readonly PendingRecord[];
  readonly orders: Orders;
  readonly disturbances: readonly Disturbance[];
  /** Runs that were RUNNING at the end of the quiet period, every replica healthy. */
  readonly runningInQuiet: readonly { readonly id: string; readonly jobId: string; readonly ageMs: number }[];
  /** Of what was RUNNING, from the first fault on until the end of the quiet period. */
  readonly runningSamples: readonly RunningSample[];
  /** Since when every replica was healthy and reached the database. */
  readonly quietFromMs: number;
  /** When the replicas were told to drain. */
  readonly quietToMs: number;
  /** Occurrences that were claimed ahead by an instance that ended, and were put back. */
  readonly goneBack: number;
  /** So long before it is due the herd begins to be claimed. */
  readonly herdAheadMs: number;
  /** Occurrences of the herd that were claimed more than a second before they were due. */
  readonly claimedFarAhead: number;
  readonly past: PastHistory;
  readonly misconduct: readonly Misconduct[];
}

export interface Violation {
  readonly rule: string;
  readonly what: string;
  readonly evidence: unknown;
}

export type Rule = (history: History) => Violation[];

export function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** How an occurrence of a job is named. */
export function occurrenceKey(run: { readonly jobId: string; readonly scheduledAtMs: number }): string {
  return `${run.jobId}@${iso(run.scheduledAtMs)}`;
}

/** Each key with its items, in their order. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

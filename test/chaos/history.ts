/**
 * What a chaos run left behind, as plain data: the side effects, the rows, what was asked and acknowledged. Owns its shape
 * alone. Invariant: every instant is in milliseconds since 1970, by clocks of one machine.
 */
import type { OverlapPolicy } from '../../src/modules/foundation/domain/job-config.ts';
import type { FailureReason, RunStatus } from '../../src/modules/foundation/domain/run.ts';
import type { LedgerLine } from './ledger-line.ts';

export interface ExecutionRecord {
  readonly id: string;
  readonly jobId: string;
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly trigger: string;
  readonly instanceId: string | null;
  readonly failureReason: FailureReason | null;
  /** The replica that the result says it comes from, where it says so. */
  readonly resultFrom: string | null;
}

export interface EventRecord {
  readonly type: string;
  readonly jobId: string | null;
  readonly executionId: string | null;
  readonly scheduledAtMs: number | null;
  /** The interval that it speaks of; the instant alone where it names none. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly reason: string | null;
}

export interface JobExpectation {
  readonly jobId: string;
  readonly overlapPolicy: OverlapPolicy;
  /** Occurrences that must have come to something. */
  readonly expectedAtMs: readonly number[];
  /** Its function writes the ledger whenever it is called. */
  readonly isLedgered: boolean;
}

export interface Incarnation {
  readonly name: string;
  readonly endedAtMs: number | null;
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
  readonly edits: readonly EditRecord[];
  readonly triggers: readonly TriggerRecord[];
  /** The edited field of each job, as the database has it at the end. */
  readonly finalValues: ReadonlyMap<string, string>;
  readonly pendingIds: ReadonlySet<string>;
  /** Runs that were RUNNING at the end of the quiet period, every replica healthy. */
  readonly runningInQuiet: readonly { readonly id: string; readonly jobId: string; readonly ageMs: number }[];
  /** Since when every replica was healthy and reached the database. */
  readonly quietFromMs: number;
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

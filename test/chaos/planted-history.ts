/** A small history in which every promise was kept, and the pieces to plant a broken one into it. */
import { DEFAULT_POLICIES, type JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { checkHistory } from './check-history.ts';
import type { EventRecord, ExecutionRecord, History, JobExpectation, Orders } from './history.ts';
import type { LeaseRecord } from './lease-record.ts';
import type { LedgerLine } from './ledger-line.ts';

export const T = Date.parse('2026-01-02T12:00:00.000Z');
export const JOB = 'job-1';

export function rulesBroken(part: Partial<History>): string[] {
  return checkHistory(historyOf(part)).map(({ rule }) => rule);
}

/** Two occurrences, a second apart; each ran once, on the same replica. */
export function historyOf(part: Partial<History>): History {
  return {
    jobs: [expectation()],
    ledger: [...ranLines(1), ...ranLines(2)],
    executions: [ranRecord(1), ranRecord(2)],
    events: [],
    instances: new Map([
      ['id-1', 'replica-1.1'],
      ['id-2', 'replica-2.1'],
    ]),
    incarnations: [{ name: 'replica-1.1', endedAtMs: T + 60_000, isDrained: true }],
    leases: [leaseOf('replica-1.1', 0), leaseOf('replica-2.1', 0)],
    giveBacks: [],
    edits: [],
    versions: [],
    triggers: [],
    finalValues: new Map(),
    pending: [],
    orders: NO_ORDERS,
    disturbances: [],
    runningInQuiet: [],
    runningSamples: [],
    quietFromMs: T + 60_000,
    quietToMs: T + 90_000,
    goneBack: 0,
    herdAheadMs: 1_000,
    claimedFarAhead: 0,
    past: { within: { inserted: 0, left: 0 }, outside: { inserted: 0, left: 0 } },
    misconduct: [],
    ...part,
  };
}

/** Renewed so many milliseconds after T, for 15 s. */
export function leaseOf(instance: string, afterMs: number, part: Partial<LeaseRecord> = {}): LeaseRecord {
  return {
    instance,
    instanceId: instance.replace(/replica-(\d+).*/, 'id-$1'),
    atMs: T + afterMs,
    renewedAtMs: T + afterMs,
    untilMs: T + afterMs + 15_000,
    confirmedUntilMs: null,
    ...part,
  };
}

export const NO_ORDERS: Orders = {
  pauses: [],
  cancels: [],
  repeated: [],
  briefJobs: [],
  backfills: [],
  retriedOccurrences: new Set(),
};

export function expectation(policies: Partial<JobSpec> = {}): JobExpectation {
  return {
    jobId: JOB,
    isLedgered: true,
    expectedAtMs: [T + 1_000, T + 2_000],
    spec: {
      ...DEFAULT_POLICIES,
      outagePolicy: 'hold',
      jobId: JOB,
      jobName: 'Planted',
      cronExpression: '* * * * * *',
      dialect: 'unix',
      timezone: 'UTC',
      ...policies,
    },
  };
}

export function startOf(second: number): LedgerLine {
  return {
    event: 'start',
    jobId: JOB,
    scheduledAt: new Date(T + second * 1_000).toISOString(),
    attempt: 1,
    executionId: `run-${second}`,
    instance: 'replica-1.1',
    pid: 1,
    atMs: T + second * 1_000 + 10,
  };
}

export function ranLines(second: number): LedgerLine[] {
  const start = startOf(second);
  return [start, { ...start, event: 'end', atMs: start.atMs + 100 }];
}

export function ranRecord(second: number): ExecutionRecord {
  return {
    id: `run-${second}`,
    jobId: JOB,
    scheduledAtMs: T + second * 1_000,
    claimedAtMs: T + second * 1_000 + 3,
    startedAtMs: T + second * 1_000 + 5,
    finishedAtMs: T + second * 1_000 + 120,
    status: 'SUCCESS',
    attempt: 1,
    maxAttempts: 1,
    trigger: 'schedule',
    wasPending: false,
    isCancelRequested: false,
    instanceId: 'id-1',
    failureReason: null,
    lines: 0,
    lastLine: 0,
    progress: null,
    resultFrom: 'replica-1.1',
    version: null,
  };
}

export function skipped(part: Partial<EventRecord>): EventRecord {
  return {
    atMs: T + 30_000,
    type: 'occurrence.skipped',
    jobId: JOB,
    executionId: null,
    scheduledAtMs: null,
    fromMs: null,
    toMs: null,
    reason: 'overlap',
    ...part,
  };
}

export function edit(value: string, atMs: number): History['edits'][number] {
  return { jobId: JOB, value, askedAtMs: T + atMs, answeredAtMs: T + atMs + 50, isAcknowledged: true };
}

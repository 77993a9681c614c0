/** Every rule of the checker has a history that breaks it: a rule without one does not pass the type check. */
import { expect, test } from 'vitest';
import { RULES } from './check-history.ts';
import type { History, PauseRecord, Rule } from './history.ts';
import {
  edit,
  expectation,
  historyOf,
  JOB,
  leaseOf,
  NO_ORDERS,
  ranLines,
  ranRecord,
  skipped,
  startOf,
  T,
} from './planted-history.ts';
import { PRUNER } from './rules/pruning.ts';
import { RESCUED_WITHIN_MS } from './rules/stale-running.ts';

const again = { ...startOf(1), attempt: 2, executionId: 'run-1b', atMs: T + 1_500 };
const failed = { ...ranRecord(1), status: 'FAILED' as const, failureReason: 'ERROR' as const, maxAttempts: 2 };
const lost = { ...ranRecord(2), status: 'FAILED' as const, failureReason: 'LOST' as const };
const waiting = { id: 'w', jobId: JOB, scheduledAtMs: T + 2_000, attempt: 1, availableAtMs: T };
const order = { jobId: JOB, askedAtMs: T + 1_400, answeredAtMs: T + 1_500, isAcknowledged: true };
const pause: PauseRecord = { ...order, order: 'pause', untilMs: null };
const removed = { jobId: JOB, madeAtMs: T, removedAtMs: T + 1_500, isRemovalAsked: true };
const backfill = {
  ...{ jobId: JOB, isInTurn: true, answeredAtMs: T },
  runs: [{ executionId: 'run-9', scheduledAtMs: T + 9_000 }],
};
const version = { ...order, cronExpression: '* * * * * *', enabled: true, overlapPolicy: 'skip' as const, version: 1 };
const giveBack = { executionId: 'run-2', jobId: JOB, scheduledAtMs: T + 2_000, instanceId: 'id-1', atMs: T + 20_000 };
const stale = { executionId: 'run-9', jobId: JOB, holder: 'replica-1.1', leaseEndedAtMs: T };
const alive = { name: 'replica-2.1', endedAtMs: null, isDrained: false };
const ordered = (part: Partial<History['orders']>) => ({ orders: { ...NO_ORDERS, ...part } });

const PLANTED: Record<keyof typeof RULES, Partial<History>> = {
  oneStartPerAttempt: { ledger: [...ranLines(1), { ...startOf(1), instance: 'replica-2.1' }] },
  attemptsWithinLimit: { ledger: [...ranLines(1), again] },
  noneBeforeItsTime: { ledger: [{ ...startOf(2), atMs: T + 1_900 }] },
  retriesFollow: { executions: [failed], jobs: [expectation({ maxAttempts: 2 })] },
  withinItsSpan: { jobs: [expectation({ startAt: new Date(T + 1_001) })] },
  withinItsGrace: {
    executions: [{ ...ranRecord(1), claimedAtMs: T + 17_000 }],
    jobs: [expectation({ misfirePolicy: 'skip' })],
  },
  everyOccurrenceResolved: { ledger: ranLines(1), executions: [ranRecord(1)] },
  noContradiction: { events: [skipped({ scheduledAtMs: T + 1_000 })] },
  noOverlap: { ledger: [startOf(1), ...ranLines(2)] },
  withinOwnLimit: {
    ledger: [startOf(1), ...ranLines(2)],
    jobs: [expectation({ overlapPolicy: 'allow', maxConcurrentRuns: 1 })],
  },
  queueInOrder: { ledger: [...ranLines(1).map((line) => ({ ...line, atMs: line.atMs + 3_000 })), ...ranLines(2)] },
  queueAllSkipsNone: {
    events: [skipped({ reason: 'overlap: it ran' })],
    jobs: [expectation({ overlapPolicy: 'queueAll' })],
  },
  nothingWaitsForEver: { pending: [waiting] },
  undueGoesBack: { executions: [{ ...lost, claimedAtMs: T + 1_300 }], leases: [leaseOf('replica-1.1', 1_999)] },
  startedIsKept: { giveBacks: [giveBack] },
  lostStaysLost: { events: [skipped({ type: 'run.lost', executionId: 'run-1' })] },
  ownInstanceRecords: { executions: [{ ...ranRecord(1), instanceId: 'id-2' }, ranRecord(2)] },
  successesHappened: { ledger: ranLines(1) },
  outputIsWhole: { jobs: [expectation({ handler: 'chaos.chatty' })] },
  nothingStaysRunning: { executions: [{ ...ranRecord(2), status: 'RUNNING', finishedAtMs: null }] },
  rescuedInTime: {
    runningSamples: [{ atMs: T + RESCUED_WITHIN_MS + 1, stale: [stale] }],
    incarnations: [{ name: 'replica-1.1', endedAtMs: T - 10_000, isDrained: false }, alive],
    leases: [leaseOf('replica-2.1', -5_000)],
  },
  nothingLostInQuiet: { executions: [lost], quietFromMs: T - 60_000 },
  nothingLostInDrain: {
    executions: [lost],
    incarnations: [{ name: 'replica-1.1', toldToEndAtMs: T + 500, endedAtMs: T + 3_000, isDrained: true }],
    disturbances: [{ on: 'replica-1.1', fromMs: T + 500, toMs: T + 3_000, isDrain: true }],
  },
  editsStand: { edits: [edit('a', 0), edit('b', 100)], finalValues: new Map([[JOB, 'a']]) },
  editsTakeEffect: { versions: [{ ...version, askedAtMs: T - 5_000, answeredAtMs: T - 4_000 }] },
  triggersRan: { triggers: [{ jobId: JOB, executionId: 'run-9', askedAtMs: T }] },
  cancelledStaysCancelled: ordered({ cancels: [{ jobId: JOB, executionId: 'run-9', answeredAtMs: T }] }),
  pausedIsQuiet: ordered({ pauses: [pause] }),
  orderedOnce: {
    ...ordered({ repeated: [{ jobId: JOB, reason: 'order 1', allowed: 1 }] }),
    events: ['run-1', 'run-2'].map((executionId) => skipped({ type: 'job.triggered', executionId, reason: 'order 1' })),
  },
  removedIsGone: ordered({ briefJobs: [removed] }),
  backfillsAreWhole: ordered({ backfills: [backfill] }),
  herdClaimedFarAhead: { herdAheadMs: 1_001 },
  prunedToTheWatermark: {
    jobs: [expectation({ handler: PRUNER })],
    past: { within: { inserted: 2, left: 1 }, outside: { inserted: 0, left: 0 } },
  },
  nobodyMisbehaves: { misconduct: [{ what: 'replica-1.1 ended by itself', atMs: T }] },
};

test.each(Object.entries<Rule>(RULES))(
  '%s finds the history that breaks it, and nothing in a sound one',
  (name, rule) => {
    expect(rule(historyOf(PLANTED[name as keyof typeof RULES]))).not.toEqual([]);
    expect(rule(historyOf({}))).toEqual([]);
  },
);

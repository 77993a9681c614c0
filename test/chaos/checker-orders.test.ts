/** The checker sees a person's order that did not hold, an attempt that is missing or early, and a queue out of order. */
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../src/modules/foundation/domain/retry.ts';
import { LINES_SAID } from './chaos-jobs.ts';
import type { BriefJob, CancelRecord, ExecutionRecord, History, PauseRecord } from './history.ts';
import {
  expectation,
  JOB,
  NO_ORDERS,
  ranLines,
  ranRecord,
  rulesBroken,
  skipped,
  startOf,
  T,
} from './planted-history.ts';

function failed(reason: ExecutionRecord['failureReason'], maxAttempts = 2): ExecutionRecord {
  return { ...ranRecord(1), status: 'FAILED', failureReason: reason, maxAttempts, resultFrom: null };
}

describe('checkHistory() and attempts', () => {
  const spec = expectation({ maxAttempts: 2, retryBackoffMs: 1_000 });
  const first = failed('ERROR');
  const delayMs = retryDelayMs({ ...first, scheduledAt: new Date(first.scheduledAtMs) }, spec.spec);
  const second = {
    ...first,
    id: 'run-1b',
    attempt: 2,
    trigger: 'retry',
    status: 'SUCCESS' as const,
    failureReason: null,
  };
  const secondAt = (startedAtMs: number) => ({ ...second, startedAtMs, finishedAtMs: startedAtMs + 5 });
  const line = { ...startOf(1), attempt: 2, executionId: 'run-1b', atMs: T + 3_000 };
  const ledger = [...ranLines(1), ...ranLines(2), line, { ...line, event: 'end' as const }];

  it('a failure with attempts left that is not tried again', () => {
    expect(rulesBroken({ jobs: [spec], executions: [first, ranRecord(2)] })).toEqual(['retries follow']);
    expect(rulesBroken({ jobs: [spec], executions: [failed('ERROR', 1), ranRecord(2)] })).toEqual([]);
    const waiting = { id: 'w', jobId: JOB, scheduledAtMs: T + 1_000, attempt: 2, availableAtMs: T + 89_000 };
    expect(rulesBroken({ jobs: [spec], executions: [first, ranRecord(2)], pending: [waiting] })).toEqual([]);
  });

  it('a lost run that is not tried again, where its job says so', () => {
    const executions = [failed('LOST', 1), ranRecord(2)];
    expect(rulesBroken({ jobs: [expectation({ onLost: 'retry' })], executions })).toEqual(['retries follow']);
    expect(rulesBroken({ jobs: [expectation({ onLost: 'fail' })], executions })).toEqual([]);
  });

  it('an attempt that did not wait for its backoff', () => {
    const early = [first, ranRecord(2), secondAt(first.finishedAtMs! + delayMs - 10)];
    expect(rulesBroken({ jobs: [spec], ledger, executions: early })).toEqual(['retries follow']);
    const onTime = [first, ranRecord(2), secondAt(first.finishedAtMs! + delayMs)];
    expect(rulesBroken({ jobs: [spec], ledger, executions: onTime })).toEqual([]);
  });

  it('a start before its occurrence is due', () => {
    const early = { ...startOf(2), atMs: T + 1_900 };
    expect(rulesBroken({ ledger: [...ranLines(1), early, { ...early, event: 'end' }] })).toEqual([
      'none before its time',
    ]);
  });
});

describe('checkHistory() and queues', () => {
  it('more runs at once than the job itself allows', () => {
    const third = { ...startOf(2), executionId: 'run-3', scheduledAt: new Date(T + 2_001).toISOString() };
    const ledger = [startOf(1), startOf(2), third];
    const executions = [ranRecord(1), ranRecord(2), { ...ranRecord(2), id: 'run-3', scheduledAtMs: T + 2_001 }];
    const limited = (maxConcurrentRuns: number) => [expectation({ overlapPolicy: 'allow', maxConcurrentRuns })];
    expect(new Set(rulesBroken({ ledger, executions, jobs: limited(2) }))).toEqual(new Set(['within its own limit']));
    expect(rulesBroken({ ledger, executions, jobs: limited(3) })).toEqual([]);
  });

  it('an occurrence that overtakes the one before it, unless nothing is queued and that one was given back late', () => {
    const swapped = [...ranLines(1).map((line) => ({ ...line, atMs: line.atMs + 3_000 })), ...ranLines(2)];
    expect(rulesBroken({ ledger: swapped })).toEqual(['in the order of the queue']);
    expect(rulesBroken({ ledger: swapped, jobs: [expectation({ overlapPolicy: 'allow' })] })).toEqual([]);
    const late = { ledger: swapped, executions: [{ ...ranRecord(1), wasPending: true }, ranRecord(2)] };
    expect(rulesBroken(late)).toEqual([]);
    expect(rulesBroken({ ...late, jobs: [expectation({ overlapPolicy: 'queueAll' })] })).toHaveLength(1);
  });

  it('an occurrence that is skipped although its job queues all', () => {
    const part = { ledger: ranLines(1), executions: [ranRecord(1)] };
    const events = [skipped({ scheduledAtMs: T + 2_000, reason: 'overlap: the run before it was still running' })];
    expect(rulesBroken({ ...part, events, jobs: [expectation({ overlapPolicy: 'queueAll' })] })).toEqual([
      'queueAll skips none',
    ]);
    expect(rulesBroken({ ...part, events })).toEqual([]);
  });

  it('an occurrence that waits has come to something where its job queues, unless it waits for ever', () => {
    const part = { ledger: ranLines(1), executions: [ranRecord(1)] };
    const waiting = { id: 'w', jobId: JOB, scheduledAtMs: T + 2_000, attempt: 1, availableAtMs: T + 85_000 };
    const jobs = [expectation({ overlapPolicy: 'queueOne' })];
    expect(rulesBroken({ ...part, jobs, pending: [waiting] })).toEqual([]);
    expect(rulesBroken({ ...part, pending: [waiting] })).toEqual(['every occurrence resolved']);
    expect(rulesBroken({ ...part, jobs, pending: [{ ...waiting, availableAtMs: T }] })).toEqual([
      'nothing waits for ever',
    ]);
  });
});

describe('checkHistory() and orders', () => {
  const cancel: CancelRecord = { jobId: JOB, executionId: 'run-1', answeredAtMs: T + 1_050 };
  const orders = { ...NO_ORDERS, cancels: [cancel] };
  const late = { ...ranRecord(1), finishedAtMs: T + 20_000 };

  it('a cancelled run that ends as SUCCESS long after', () => {
    expect(rulesBroken({ orders, executions: [late, ranRecord(2)] })).toEqual(['cancelled stays cancelled']);
    expect(rulesBroken({ orders })).toEqual([]);
    const disturbances = [{ on: 'replica-1.1', fromMs: T, toMs: T + 5_000 }];
    expect(rulesBroken({ orders, disturbances, executions: [late, ranRecord(2)] })).toEqual([]);
  });

  it('a cancelled run that is gone, or tried again by itself', () => {
    const gone = { ...NO_ORDERS, cancels: [{ ...cancel, executionId: 'run-9' }] };
    expect(rulesBroken({ orders: gone })).toEqual(['cancelled stays cancelled']);
    const pending = [{ id: 'w', jobId: JOB, scheduledAtMs: T + 1_000, attempt: 2, availableAtMs: T + 89_000 }];
    const executions = [failed('CANCELLED'), ranRecord(2)];
    expect(rulesBroken({ orders, executions, pending })).toEqual(['cancelled stays cancelled']);
    const ordered = { ...orders, retriedOccurrences: new Set([`${JOB}@${new Date(T + 1_000).toISOString()}`]) };
    expect(rulesBroken({ orders: ordered, executions, pending })).toEqual([]);
  });

  it('an occurrence that ran in a pause', () => {
    const order = (part: Partial<PauseRecord>): PauseRecord => ({
      jobId: JOB,
      order: 'pause',
      untilMs: null,
      askedAtMs: T + 1_400,
      answeredAtMs: T + 1_500,
      isAcknowledged: true,
      ...part,
    });
    const broken = (...pauses: PauseRecord[]) => rulesBroken({ orders: { ...NO_ORDERS, pauses } });
    expect(broken(order({}))).toEqual(['paused is quiet']);
    expect(broken(order({ isAcknowledged: false }))).toEqual([]);
    expect(broken(order({ untilMs: T + 1_900 }))).toEqual([]);
    expect(broken(order({}), order({ order: 'resume', askedAtMs: T + 1_900 }))).toEqual([]);
    expect(broken(order({}), order({ order: 'resume', askedAtMs: T + 2_500 }))).toEqual(['paused is quiet']);
    expect(broken(order({}), order({ order: 'catchUp', askedAtMs: T + 2_500 }))).toEqual([]);
    const again = [order({ askedAtMs: T + 2_600 }), order({ order: 'catchUp', askedAtMs: T + 2_700 })];
    const resumed = order({ order: 'resume', askedAtMs: T + 2_500 });
    expect(broken(order({}), { ...resumed, isAcknowledged: false }, ...again)).toEqual([]);
    expect(broken(order({}), resumed, ...again)).toEqual(['paused is quiet']);
  });

  it('a trigger that was followed twice, or told of and forgotten', () => {
    const repeated = [{ jobId: JOB, reason: 'order 1', allowed: 1 }];
    const told = skipped({ type: 'job.triggered', executionId: 'run-1', reason: 'order 1' });
    const once = { orders: { ...NO_ORDERS, repeated }, events: [told] };
    expect(rulesBroken(once)).toEqual([]);
    expect(rulesBroken({ ...once, events: [told, { ...told, executionId: 'run-2' }] })).toEqual(['ordered once']);
    expect(rulesBroken({ ...once, events: [{ ...told, executionId: 'run-9' }] })).toEqual(['ordered once']);
  });
});

describe('checkHistory() and jobs that come and go', () => {
  const brief = { jobId: JOB, madeAtMs: T, removedAtMs: T + 1_500, isRemovalAsked: true };
  const broken = (job: BriefJob, part: Partial<History> = {}) =>
    rulesBroken({ orders: { ...NO_ORDERS, briefJobs: [job] }, ...part });

  it('a job that was removed and runs, or is there; one that was made and is not', () => {
    expect(broken(brief)).toEqual(['removed is gone']);
    expect(broken({ ...brief, removedAtMs: T + 2_500 })).toEqual([]);
    expect(broken({ ...brief, removedAtMs: T + 2_500 }, { finalValues: new Map([[JOB, '']]) })).toEqual([
      'removed is gone',
    ]);
    expect(broken({ ...brief, removedAtMs: null })).toEqual([]);
    const kept = { ...brief, removedAtMs: null, isRemovalAsked: false };
    expect(broken(kept)).toEqual(['no acknowledged change lost']);
    expect(broken(kept, { finalValues: new Map([[JOB, '']]) })).toEqual([]);
  });

  it('a backfill of which a part did not run, or ran out of turn', () => {
    const runs = [1, 2].map((second) => ({ executionId: `run-${second}`, scheduledAtMs: T + second * 1_000 }));
    const order = { jobId: JOB, isInTurn: true, answeredAtMs: T, runs };
    const whole = (part: Partial<History>) => rulesBroken({ orders: { ...NO_ORDERS, backfills: [order] }, ...part });
    expect(whole({})).toEqual([]);
    const third = { executionId: 'run-3', scheduledAtMs: T + 3_000 };
    const orders = { ...NO_ORDERS, backfills: [{ ...order, runs: [...runs, third] }] };
    expect(whole({ orders })).toEqual(['backfills are whole']);
    expect(whole({ orders: { ...orders, briefJobs: [{ ...brief, removedAtMs: null }] } })).toEqual([]);
    const late = { ...ranRecord(1), startedAtMs: T + 2_500 };
    expect(whole({ executions: [late, ranRecord(2)] })).toEqual(['backfills are whole']);
  });
});

describe('checkHistory() and jobs that run without the database', () => {
  const there = { ...startOf(1), instance: 'replica-2.1', executionId: 'run-1b', atMs: T + 1_020 };
  const twice = [...ranLines(1), there, { ...there, event: 'end' as const, atMs: T + 1_030 }, ...ranLines(2)];
  const unrecorded = { ...skipped({ type: 'run.unrecorded', executionId: 'run-1b' }) };
  const cutOff = [{ on: 'replica-2.1', fromMs: T, toMs: T + 5_000 }];
  const broken = (outagePolicy: 'run' | 'hold', part: Partial<History> = {}) =>
    new Set(
      rulesBroken({
        ledger: twice,
        events: [unrecorded],
        disturbances: cutOff,
        jobs: [expectation({ outagePolicy, overlapPolicy: 'allow' })],
        ...part,
      }),
    );

  it('an occurrence that started twice although the database could be asked, or twice in one process', () => {
    expect(broken('run')).toEqual(new Set());
    expect(broken('hold')).toEqual(new Set(['one start per attempt', 'attempts within the limit']));
    expect(broken('run', { disturbances: [] })).toEqual(
      new Set(['one start per attempt', 'attempts within the limit']),
    );
    expect(broken('run', { events: [] })).toEqual(new Set(['every run has a record']));
    const same = twice.map((line) => ({ ...line, instance: 'replica-2.1' }));
    expect(broken('run', { ledger: same })).toContain('one start per attempt');
  });

  it('an occurrence that was held, and came to nothing afterwards', () => {
    const part = { ledger: ranLines(1), executions: [ranRecord(1)] };
    const held = skipped({ type: 'occurrence.held', scheduledAtMs: T + 2_000 });
    expect(rulesBroken({ ...part, events: [held] })).toEqual(['every occurrence resolved']);
    expect(rulesBroken({ events: [held] })).toEqual([]);
  });
});

describe('checkHistory() and what runs say', () => {
  const jobs = [expectation({ handler: 'chaos.chatty' })];
  const said = (second: number, part: Partial<ExecutionRecord>): ExecutionRecord => ({
    ...ranRecord(second),
    lines: LINES_SAID,
    lastLine: LINES_SAID,
    progress: 1,
    ...part,
  });

  it('a line that is missing, at the end or between others, or the end of the progress', () => {
    const broken = (part: Partial<ExecutionRecord>) => rulesBroken({ jobs, executions: [said(1, {}), said(2, part)] });
    expect(broken({})).toEqual([]);
    expect(broken({ lines: LINES_SAID - 1 })).toEqual(['what was said is kept']);
    expect(broken({ lines: LINES_SAID - 1, lastLine: LINES_SAID - 1 })).toEqual(['what was said is kept']);
    expect(broken({ progress: 0.5 })).toEqual(['what was said is kept']);
    expect(broken({ status: 'FAILED', failureReason: 'ERROR', lines: 0, lastLine: 0 })).toEqual([]);
  });
});

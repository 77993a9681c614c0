/** The checker sees a run or an event outside a job's start and end, its jitter left out, and what its grace forbids. */
import { describe, expect, it } from 'vitest';
import { jitterOf } from '../../src/modules/foundation/domain/jitter.ts';
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import type { ExecutionRecord, History } from './history.ts';
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

const withTerms = (terms: Partial<JobSpec>, part: Partial<History> = {}): string[] =>
  rulesBroken({ jobs: [expectation(terms)], ...part });

describe('checkHistory() and the start and the end of a job', () => {
  const rule = 'within its start and end';
  const expired = skipped({ type: 'job.expired', scheduledAtMs: T + 2_000, reason: 'expired' });
  const events = [expired];
  const ends = { endAt: new Date(T + 2_000) };

  it('a run before its start, or after its end; both ends are within', () => {
    expect(withTerms({ startAt: new Date(T + 1_000), ...ends }, { events })).toEqual([]);
    expect(withTerms({ startAt: new Date(T + 1_001) })).toEqual([rule]);
    const early = [{ ...expired, scheduledAtMs: T + 1_999 }];
    expect(withTerms({ endAt: new Date(T + 1_999) }, { events: early })).toEqual([rule]);
  });

  it('what a person runs is no occurrence of its schedule', () => {
    const manual = { ...ranRecord(1), trigger: 'manual' };
    const expected = { ...expectation({ startAt: new Date(T + 2_000) }), expectedAtMs: [T + 2_000] };
    expect(rulesBroken({ jobs: [expected], executions: [manual, ranRecord(2)] })).toEqual([]);
  });

  it('an event of what is due before its start, or after its end', () => {
    const starts = { startAt: new Date(T + 1_000) };
    expect(withTerms(starts, { events: [skipped({ scheduledAtMs: T })] })).toEqual([rule]);
    expect(withTerms(starts, { events: [skipped({ fromMs: T, toMs: T + 500 })] })).toEqual([rule]);
    const late = [skipped({ type: 'occurrence.misfired', fromMs: T + 3_000, toMs: T + 4_000 })];
    expect(withTerms({}, { events: late })).toEqual([]);
    expect(withTerms(ends, { events: [...events, ...late] })).toEqual([rule]);
  });

  it('an end that is not told of, told of twice, or as of another instant; of one that has just been, it may not be yet', () => {
    expect(withTerms(ends)).toEqual([rule]);
    expect(withTerms(ends, { events: [expired, expired] })).toEqual([rule]);
    expect(withTerms(ends, { events: [{ ...expired, scheduledAtMs: T + 1_000 }] })).toEqual([rule]);
    expect(withTerms({}, { events })).toEqual([rule]);
    expect(withTerms(ends, { quietToMs: T + 13_999, quietFromMs: T + 3_000 })).toEqual([]);
  });
});

describe('checkHistory() and jitter', () => {
  it('a start before its jitter has passed, unless a person wanted it', () => {
    const second = [60, 61, 62, 63, 64].find(
      (at) => jitterOf({ jobId: JOB, scheduledAt: T + at * 1_000, nextAt: T + at * 1_000 + 1_000 }, 900) > 400,
    )!;
    const delayMs = jitterOf({ jobId: JOB, scheduledAt: T + second * 1_000, nextAt: T + second * 1_000 + 1_000 }, 900);
    const jobs = [{ ...expectation({ jitterMs: 900 }), expectedAtMs: [] }];
    const [start, end] = [startOf(second), ranLines(second)[1]!];
    const at = (afterMs: number) =>
      [start, { ...end, atMs: end.atMs + 2_000 }].map((line) =>
        line.event === 'start' ? { ...line, atMs: T + second * 1_000 + afterMs } : line,
      );
    const executions = [ranRecord(second)];
    expect(rulesBroken({ jobs, executions, ledger: at(delayMs) })).toEqual([]);
    expect(rulesBroken({ jobs, executions, ledger: at(delayMs - 60) })).toEqual(['none before its time']);
    const manual = [{ ...ranRecord(second), trigger: 'manual' }];
    expect(rulesBroken({ jobs, executions: manual, ledger: at(delayMs - 60) })).toEqual([]);
  });
});

describe('checkHistory() and the misfire grace', () => {
  const rule = 'within its grace';
  const late = (lateMs: number, part: Partial<ExecutionRecord> = {}): Partial<History> => ({
    executions: [{ ...ranRecord(1), claimedAtMs: T + 1_000 + lateMs, ...part }, ranRecord(2)],
  });

  it('a run that was claimed later than that, a claim that was long on its way left out', () => {
    expect(withTerms({ misfireGraceMs: 12_000 }, late(17_000))).toEqual([]);
    expect(withTerms({ misfireGraceMs: 12_000 }, late(17_001, { trigger: 'catchUp' }))).toEqual([rule]);
    expect(withTerms({ misfirePolicy: 'skip' }, late(15_001))).toEqual([rule]);
    expect(withTerms({ misfirePolicy: 'skip', jitterMs: 1 }, late(15_001))).not.toContain(rule);
    expect(withTerms({}, late(60_000))).toEqual([]);
    const disturbances = [{ on: 'server', fromMs: T, toMs: T + 30_000 }];
    expect(withTerms({ misfireGraceMs: 12_000 }, { ...late(32_000), disturbances })).toEqual([]);
    expect(withTerms({ misfireGraceMs: 12_000 }, { ...late(32_001), disturbances })).toEqual([rule]);
  });

  it('not one that waited, that is tried again, that a person ordered, or that ended a pause', () => {
    const terms = { misfireGraceMs: 12_000 };
    expect(withTerms(terms, late(40_000, { wasPending: true }))).toEqual([]);
    expect(withTerms(terms, late(40_000, { trigger: 'manual' }))).not.toContain(rule);
    expect(withTerms(terms, late(40_000, { trigger: 'retry', attempt: 2, maxAttempts: 2 }))).not.toContain(rule);
    const pause = {
      jobId: JOB,
      order: 'pause' as const,
      untilMs: null,
      askedAtMs: T,
      answeredAtMs: T,
      isAcknowledged: false,
    };
    expect(withTerms(terms, { ...late(40_000), orders: { ...NO_ORDERS, pauses: [pause] } })).not.toContain(rule);
  });

  it('an occurrence that is called too late before it is', () => {
    const dropped = (afterMs: number, reason: string) => ({
      events: [
        skipped({ type: 'occurrence.misfired', atMs: T + 5_000 + afterMs, fromMs: T + 4_000, toMs: T + 5_000, reason }),
      ],
    });
    const graced = { misfireGraceMs: 12_000 };
    expect(withTerms(graced, dropped(11_500, 'later than the grace of 12000 ms'))).toEqual([]);
    expect(withTerms(graced, dropped(11_499, 'later than the grace of 12000 ms'))).toEqual([rule]);
    expect(withTerms({ misfirePolicy: 'skip' }, dropped(9_499, 'misfire policy is skip'))).toEqual([rule]);
    expect(withTerms({ misfirePolicy: 'skip' }, dropped(9_500, 'misfire policy is skip'))).toEqual([]);
    expect(withTerms(graced, dropped(1_000, 'coalesced into one run (misfire policy is once)'))).toEqual([]);
  });
});

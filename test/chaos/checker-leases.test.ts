/** The checker sees what the leases forbid: a second start of a job that must be held, and claims ahead that went astray. */
import { describe, expect, it } from 'vitest';
import type { History } from './history.ts';
import { expectation, JOB, leaseOf, ranLines, ranRecord, rulesBroken, skipped, startOf, T } from './planted-history.ts';

describe('checkHistory() and jobs of the outage policy auto', () => {
  const there = { ...startOf(1), instance: 'replica-2.1', executionId: 'run-1b', atMs: T + 1_020 };
  const ledger = [...ranLines(1), there, { ...there, event: 'end' as const, atMs: T + 1_030 }, ...ranLines(2)];
  const events = [skipped({ type: 'run.unrecorded', executionId: 'run-1b' })];
  const disturbances = [{ on: 'replica-2.1', fromMs: T, toMs: T + 5_000 }];
  const jobs = [expectation({ outagePolicy: 'auto', overlapPolicy: 'allow' })];
  const broken = (leases: History['leases'], part: Partial<History> = {}) =>
    new Set(rulesBroken({ ledger, events, disturbances, jobs, leases, ...part }));
  const twice = new Set(['one start per attempt', 'attempts within the limit']);
  const long = 60_000;

  it('a second start by a process beside which another was alive', () => {
    expect(broken([leaseOf('replica-1.1', -5_000), leaseOf('replica-2.1', -1_000)])).toEqual(twice);
    expect(broken([leaseOf('replica-1.1', -long, { untilMs: T }), leaseOf('replica-2.1', -1_000)])).toEqual(twice);
  });

  it('a second start by a process beside which another had lost its lease, and might have come back', () => {
    expect(broken([leaseOf('replica-1.1', -long), leaseOf('replica-2.1', -1_000)])).toEqual(twice);
  });

  it('a second start by one that may have been alone when it last heard of the database', () => {
    const alone = leaseOf('replica-2.1', -1_000);
    expect(broken([alone])).toEqual(new Set());
    expect(broken([leaseOf('replica-1.1', -long - 20_000), alone])).toEqual(new Set());
    // Another has just begun: its renewal need not have seen it.
    expect(broken([leaseOf('replica-1.1', -2_000), alone])).toEqual(new Set());
    const released = leaseOf('replica-1.1', -5_000, { atMs: T - 4_000, untilMs: T - 5_000 });
    expect(broken([leaseOf('replica-1.1', -5_000), released, alone])).toEqual(new Set());
    // Another has come since, and confirming what is due has not told it so.
    const confirming = leaseOf('replica-2.1', 500, { confirmedUntilMs: T });
    expect(broken([alone, leaseOf('replica-1.1', -900), confirming])).toEqual(new Set());
    expect(broken([alone, leaseOf('replica-1.1', -5_000), confirming])).toEqual(twice);
    expect(broken([alone], { disturbances: [] })).toContain('one start per attempt');
  });

  it('a renewal whose answer may never have come is not the last contact for certain', () => {
    const before = [leaseOf('replica-2.1', -30_000), leaseOf('replica-1.1', -12_000)];
    const others = [leaseOf('replica-1.1', -12_000), leaseOf('replica-2.1', -1_000)];
    expect(broken([before[0]!, ...others])).toEqual(new Set());
    // It has an effect on what follows, and none on that renewal.
    const late = [{ on: 'replica-2.1', fromMs: T + 1_100, toMs: T + 13_000 }];
    expect(broken([before[0]!, ...others], { disturbances: late })).toEqual(twice);
  });

  it('a run of it beside another, and more at once than its limit, where another process was alive', () => {
    const both = [leaseOf('replica-1.1', -5_000), leaseOf('replica-2.1', -1_000)];
    const next = ranLines(2).map((line) => ({ ...line, instance: 'replica-2.1' }));
    const executions = [ranRecord(1), { ...ranRecord(2), instanceId: 'id-2', resultFrom: 'replica-2.1' }];
    const overlapping = { ledger: [startOf(1), ...next], executions, events: [] };
    const exclusive = { ...overlapping, jobs: [expectation({ outagePolicy: 'auto' })] };
    expect(broken(both, exclusive)).toEqual(new Set(['no overlap']));
    expect(broken([both[1]!], exclusive)).toEqual(new Set());
    const limits = { outagePolicy: 'auto', overlapPolicy: 'allow', maxConcurrentRuns: 1 } as const;
    const limited = { ...overlapping, jobs: [expectation(limits)] };
    expect(broken(both, limited)).toEqual(new Set(['within its own limit']));
    expect(broken([both[1]!], limited)).toEqual(new Set());
  });

  it('an overtaking, an event that is contradicted, a run without a record, where another process was alive', () => {
    const both = [leaseOf('replica-1.1', -1_000), leaseOf('replica-2.1', -5_000)];
    const exclusive = [expectation({ outagePolicy: 'auto' })];
    const here = [{ on: 'replica-1.1', fromMs: T, toMs: T + 5_000 }];
    const swapped = [...ranLines(1).map((line) => ({ ...line, atMs: line.atMs + 3_000 })), ...ranLines(2)];
    const part = { disturbances: here, jobs: exclusive, events: [], ledger: swapped };
    expect(broken(both, part)).toEqual(new Set(['in the order of the queue']));
    expect(broken([both[0]!], part)).toEqual(new Set());
    const told = { ...part, ledger: [...ranLines(1), ...ranLines(2)], events: [skipped({ scheduledAtMs: T + 2_000 })] };
    expect(broken(both, told)).toEqual(new Set(['no contradiction']));
    expect(broken([both[0]!], told)).toEqual(new Set());
    const third = ranLines(3);
    const incarnations = [{ name: 'replica-1.1', endedAtMs: T + 4_000, isDrained: false }];
    const forgotten = { ...told, events: [], ledger: [...told.ledger, ...third], incarnations };
    expect(broken(both, forgotten)).toEqual(new Set(['every run has a record']));
    expect(broken([both[0]!], forgotten)).toEqual(new Set());
  });

  it('a job that comes and goes is held, whatever its process knew', () => {
    const brief = { jobId: JOB, madeAtMs: T, removedAtMs: null, isRemovalAsked: true };
    const orders = { pauses: [], cancels: [], repeated: [], backfills: [], retriedOccurrences: new Set<string>() };
    const part = { jobs: [], orders: { ...orders, briefJobs: [brief] } };
    expect(broken([leaseOf('replica-2.1', -1_000)], part)).toContain('one start per attempt');
  });
});

describe('checkHistory() and what was claimed ahead', () => {
  const ahead = { ...ranRecord(2), claimedAtMs: T + 1_300 };
  const lost = { ...ahead, status: 'FAILED' as const, failureReason: 'LOST' as const, finishedAtMs: T + 20_000 };
  const broken = (run: typeof lost, leases: History['leases']) =>
    rulesBroken({ executions: [ranRecord(1), run], leases });
  const rule = 'what was not due goes back';

  it('a run that is lost although its instance renewed its lease last before it was due', () => {
    expect(broken(lost, [leaseOf('replica-1.1', 1_999)])).toEqual([rule]);
    expect(broken(lost, [leaseOf('replica-1.1', 1_999), leaseOf('replica-1.1', 25_000)])).toEqual([rule]);
    expect(broken(lost, [leaseOf('replica-1.1', 2_000)])).toEqual([]);
    expect(broken(lost, [])).toEqual([rule]);
  });

  it('a run that was claimed as it was due, or that nobody scheduled, is lost whenever its instance renewed last', () => {
    const leases = [leaseOf('replica-1.1', 1_000)];
    expect(broken({ ...lost, claimedAtMs: T + 2_000 }, leases)).toEqual([]);
    expect(broken({ ...lost, trigger: 'retry', attempt: 2 }, leases)).not.toContain(rule);
  });

  it('a run that was given back although it had started, or been confirmed by a process that has ended', () => {
    const record = { executionId: 'run-x', jobId: JOB, scheduledAtMs: T + 2_000, instanceId: 'id-1', atMs: T + 20_000 };
    const incarnations = [{ name: 'replica-1.1', endedAtMs: T + 3_000, isDrained: false }];
    const confirmed = leaseOf('replica-1.1', 2_010, { confirmedUntilMs: T + 2_000 });
    const given = (part: Partial<History>) => rulesBroken({ giveBacks: [record], incarnations, ...part });
    const kept = 'what may have started is kept';
    expect(given({})).toEqual([]);
    expect(given({ giveBacks: [{ ...record, executionId: 'run-2' }] })).toEqual([kept]);
    expect(given({ leases: [confirmed] })).toEqual([kept]);
    expect(given({ leases: [{ ...confirmed, confirmedUntilMs: T + 1_999 }] })).toEqual([]);
    // It lives, and gives back by itself what it did not confirm beside the rest.
    expect(given({ leases: [confirmed], incarnations: [] })).toEqual([]);
    expect(given({ leases: [confirmed], giveBacks: [{ ...record, jobId: 'brief-1' }] })).toEqual([]);
  });
});

describe('checkHistory() and drains', () => {
  it('a run that is lost because its replica is told to end', () => {
    const lost = { ...ranRecord(1), status: 'FAILED' as const, failureReason: 'LOST' as const };
    const executions = [lost, ranRecord(2)];
    const ended = { name: 'replica-1.1', toldToEndAtMs: T + 500, endedAtMs: T + 3_000, isDrained: true };
    const told = { on: 'replica-1.1', fromMs: T + 500, toMs: T + 3_000 };
    const drained = { executions, incarnations: [ended], disturbances: [{ ...told, isDrain: true }] };
    expect(rulesBroken(drained)).toEqual(['nothing lost in a drain']);
    expect(rulesBroken({ ...drained, incarnations: [{ ...ended, isDrained: false }] })).toEqual([]);
    expect(rulesBroken({ ...drained, disturbances: [told] })).toEqual([]);
    const afterwards = [{ ...ended, toldToEndAtMs: T + 2_000 }];
    expect(rulesBroken({ ...drained, incarnations: afterwards })).toEqual([]);
    const cutOff = { on: 'server', fromMs: T + 2_000, toMs: T + 2_500 };
    expect(rulesBroken({ ...drained, disturbances: [...drained.disturbances, cutOff] })).toEqual([]);
  });
});

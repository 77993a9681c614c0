/** The checker sees each kind of broken promise, and nothing in a history where all were kept. */
import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.ts';
import {
  edit,
  expectation,
  historyOf,
  JOB,
  ranLines,
  ranRecord,
  rulesBroken,
  skipped,
  startOf,
  T,
} from './planted-history.ts';

describe('checkHistory()', () => {
  it('finds nothing where every promise was kept', () => {
    expect(checkHistory(historyOf({}))).toEqual([]);
  });

  it('two starts of one attempt, on two replicas', () => {
    const ledger = [...ranLines(1), ...ranLines(2), { ...startOf(1), instance: 'replica-2.1', atMs: T + 1_200 }];
    expect(rulesBroken({ ledger })).toContain('one start per attempt');
  });

  it('more starts than the attempts that are allowed', () => {
    const second = { ...startOf(1), attempt: 2, executionId: 'run-1b', atMs: T + 1_500 };
    const ledger = [...ranLines(1), second, { ...second, event: 'end' as const }, ...ranLines(2)];
    const executions = [ranRecord(1), { ...ranRecord(1), id: 'run-1b', attempt: 2 }, ranRecord(2)];
    expect(rulesBroken({ ledger, executions })).toEqual(['attempts within the limit']);
  });

  it('as many starts as there are attempts are no violation', () => {
    const second = { ...startOf(1), attempt: 2, executionId: 'run-1b', atMs: T + 1_500 };
    const ledger = [...ranLines(1), second, { ...second, event: 'end' as const, atMs: T + 1_600 }, ...ranLines(2)];
    const allowed = { maxAttempts: 2 };
    const again = { ...ranRecord(1), ...allowed, id: 'run-1b', attempt: 2, trigger: 'retry' };
    const executions = [{ ...ranRecord(1), ...allowed }, again, ranRecord(2)];
    expect(rulesBroken({ ledger, executions })).toEqual([]);
  });

  it('an occurrence that came to nothing', () => {
    const broken = { ledger: ranLines(1), executions: [ranRecord(1)] };
    expect(rulesBroken(broken)).toEqual(['every occurrence resolved']);
    // Who catches up on all, one after another, has caught up by the end.
    const jobs = [expectation({ misfirePolicy: 'all' })];
    expect(rulesBroken({ ...broken, jobs })).toEqual(['every occurrence resolved']);
  });

  it('an occurrence that an event names, or the interval of one, has come to something', () => {
    const kept = { ledger: ranLines(1), executions: [ranRecord(1)] };
    expect(rulesBroken({ ...kept, events: [skipped({ scheduledAtMs: T + 2_000 })] })).toEqual([]);
    expect(rulesBroken({ ...kept, events: [skipped({ fromMs: T + 1_500, toMs: T + 9_000 })] })).toEqual([]);
  });

  it('an occurrence that was due when its schedule was edited, unless the edit names it', () => {
    const edited = { ledger: ranLines(1), executions: [ranRecord(1)] };
    expect(rulesBroken(edited)).toEqual(['every occurrence resolved']);
    expect(rulesBroken({ ...edited, events: [skipped({ fromMs: T + 2_000, toMs: T + 2_500 })] })).toEqual([]);
    expect(rulesBroken({ ...edited, events: [skipped({ fromMs: T + 2_001, toMs: T + 2_500 })] })).toEqual([
      'every occurrence resolved',
    ]);
  });

  it('an event of another job, of another instant, or that is no explanation explains nothing', () => {
    const broken = { ledger: ranLines(1), executions: [ranRecord(1)] };
    const others = [
      skipped({ jobId: 'job-2', scheduledAtMs: T + 2_000 }),
      skipped({ scheduledAtMs: T + 3_000 }),
      skipped({ type: 'run.finished', scheduledAtMs: T + 2_000 }),
    ];
    expect(rulesBroken({ ...broken, events: others })).toEqual(['every occurrence resolved']);
  });

  it('a manual run is no execution of the occurrence of that instant', () => {
    const executions = [ranRecord(1), { ...ranRecord(2), trigger: 'manual' }];
    expect(rulesBroken({ executions })).toEqual(['every occurrence resolved']);
  });

  it('a manual run that was run again is none either', () => {
    const manual = { ...ranRecord(1), id: 'run-m', scheduledAtMs: T + 1_500, trigger: 'manual' };
    const again = { ...manual, id: 'run-n', attempt: 2, maxAttempts: 2, trigger: 'retry' };
    const executions = [manual, again];
    const ledger = executions.flatMap(({ id, attempt }) =>
      ranLines(1).map((line) => ({
        ...line,
        executionId: id,
        attempt,
        scheduledAt: new Date(T + 1_500).toISOString(),
      })),
    );
    const apart = ledger.map((line) => ({ ...line, atMs: line.atMs + line.attempt * 1_000 }));
    const events = [skipped({ fromMs: T, toMs: T + 5_000 })];
    expect(rulesBroken({ ledger: apart, executions, events })).toEqual([]);
  });

  it('an occurrence that ran, and is said not to have run', () => {
    const events = [skipped({ fromMs: T, toMs: T + 5_000 })];
    expect(rulesBroken({ events })).toEqual(['no contradiction']);
  });

  it('an occurrence that is said to be recorded and is not, and no other', () => {
    const reason = 'recorded: this occurrence has an execution already';
    expect(rulesBroken({ events: [skipped({ scheduledAtMs: T + 1_000, reason })] })).toEqual([]);
    expect(rulesBroken({ events: [skipped({ scheduledAtMs: T + 77, reason })] })).toEqual(['no contradiction']);
  });

  it('what was acknowledged as edited, and reads otherwise', () => {
    const edits = [edit('a', 0), edit('b', 100)];
    expect(rulesBroken({ edits, finalValues: new Map([[JOB, 'a']]) })).toEqual(['no acknowledged change lost']);
    expect(rulesBroken({ edits, finalValues: new Map() })).toEqual(['no acknowledged change lost']);
    expect(rulesBroken({ edits, finalValues: new Map([[JOB, 'b']]) })).toEqual([]);
  });

  it('an edit without an answer may stand, where it was under way after the last acknowledged one', () => {
    const edits = [edit('a', 0), edit('b', 100), { ...edit('c', 200), isAcknowledged: false }];
    expect(rulesBroken({ edits, finalValues: new Map([[JOB, 'c']]) })).toEqual([]);
    const late = [{ ...edit('c', 0), isAcknowledged: false }, edit('a', 60_000)];
    expect(rulesBroken({ edits: late, finalValues: new Map([[JOB, 'c']]) })).toEqual(['no acknowledged change lost']);
  });

  it('a triggered run that is gone, or still waits', () => {
    const triggers = [{ jobId: JOB, executionId: 'run-9', askedAtMs: T }];
    expect(rulesBroken({ triggers })).toEqual(['no acknowledged change lost']);
    const pending = [{ id: 'run-9', jobId: JOB, scheduledAtMs: T, attempt: 1, availableAtMs: T }];
    expect(
      checkHistory(historyOf({ triggers, pending }))
        .map(({ what }) => what)
        .join(),
    ).toContain('still waits');
    expect(rulesBroken({ triggers: [{ ...triggers[0]!, executionId: 'run-1' }] })).toEqual([]);
  });

  it('misconduct of a process is told as it is', () => {
    expect(rulesBroken({ misconduct: [{ what: 'replica-1.1 ended by itself', atMs: T }] })).toEqual(['conduct']);
  });
});

describe('checkHistory() and who recorded what', () => {
  it('a lost run that turned into a success', () => {
    const events = [{ ...skipped({}), type: 'run.lost', executionId: 'run-1' }];
    expect(rulesBroken({ events })).toEqual(['only the newest holder finishes']);
    const lost = { ...ranRecord(1), status: 'FAILED' as const, failureReason: 'LOST' as const };
    expect(rulesBroken({ events, executions: [lost, ranRecord(2)] })).toEqual([]);
  });

  it('a run that another instance recorded', () => {
    const executions = [{ ...ranRecord(1), instanceId: 'id-2' }, ranRecord(2)];
    expect(rulesBroken({ executions })).toContain('only the newest holder finishes');
  });

  it('a result that another instance made', () => {
    const executions = [{ ...ranRecord(1), resultFrom: 'replica-2.1' }, ranRecord(2)];
    expect(rulesBroken({ executions })).toEqual(['a success has happened']);
  });

  it('a success that never ran', () => {
    expect(rulesBroken({ ledger: ranLines(1) })).toEqual(['a success has happened']);
  });

  it('a run that was started after it had been recorded as lost', () => {
    const lost = { ...ranRecord(1), status: 'FAILED' as const, failureReason: 'LOST' as const, finishedAtMs: T + 400 };
    expect(rulesBroken({ executions: [lost, ranRecord(2)] })).toEqual(['no start after the lease']);
  });

  it('a run without a record, except where its process died with what it had not written', () => {
    const ledger = [
      ...ranLines(1),
      ...ranLines(2),
      { ...startOf(2), executionId: 'run-x', scheduledAt: 'x', atMs: T + 2_300 },
    ];
    expect(rulesBroken({ ledger })).toContain('every run has a record');
    const incarnations = [{ name: 'replica-1.1', endedAtMs: T + 2_400, isDrained: false }];
    expect(rulesBroken({ ledger, incarnations })).toContain('every run has a record');
    expect(rulesBroken({ ledger, incarnations, jobs: [expectation({ outagePolicy: 'run' })] })).toEqual([]);
  });

  it('a run that was lost although its replica lived', () => {
    const lost = { ...ranRecord(1), status: 'FAILED' as const, failureReason: 'LOST' as const };
    const executions = [lost, ranRecord(2)];
    expect(rulesBroken({ executions, quietFromMs: T - 60_000 })).toEqual(['nothing lost without a cause']);
    const incarnations = [{ name: 'replica-1.1', endedAtMs: T + 1_500, isDrained: false }];
    expect(rulesBroken({ executions, incarnations, quietFromMs: T - 60_000 })).toEqual([]);
    expect(rulesBroken({ executions })).toEqual([]);
  });

  it('what is RUNNING at the end', () => {
    const executions = [ranRecord(1), { ...ranRecord(2), status: 'RUNNING' as const, finishedAtMs: null }];
    expect(rulesBroken({ executions })).toEqual(['nothing stays RUNNING']);
    // Its process ended just before the drain: nobody may take its runs yet.
    const incarnations = [{ name: 'replica-1.1', endedAtMs: T + 80_000, isDrained: false }];
    expect(rulesBroken({ executions, incarnations })).toEqual([]);
    expect(rulesBroken({ executions, incarnations: [{ ...incarnations[0]!, endedAtMs: T + 40_000 }] })).toEqual([
      'nothing stays RUNNING',
    ]);
    const old = { id: 'run-2', jobId: JOB, ageMs: 40_000 };
    expect(rulesBroken({ runningInQuiet: [old] })).toEqual(['nothing stays RUNNING']);
    expect(rulesBroken({ runningInQuiet: [{ ...old, ageMs: 4_000 }] })).toEqual([]);
  });
});

describe('checkHistory() and overlap', () => {
  const endless = [startOf(1), ...ranLines(2)];

  it('two runs at once of a job that forbids it', () => {
    expect(rulesBroken({ ledger: endless })).toEqual(['no overlap']);
  });

  it('a run that goes on for longer than the one after it', () => {
    const brief = { ...ranRecord(2), failureReason: 'TIMEOUT' as const, status: 'FAILED' as const };
    const executions = [ranRecord(1), { ...brief, finishedAtMs: T + 2_050 }, ranRecord(3)];
    const ledger = [startOf(1), startOf(2), ...ranLines(3)];
    expect(rulesBroken({ ledger, executions })).toEqual(['no overlap', 'no overlap']);
  });

  it('a job that allows it', () => {
    expect(rulesBroken({ ledger: endless, jobs: [expectation({ overlapPolicy: 'allow' })] })).toEqual([]);
  });

  it('a run ends with its process', () => {
    const incarnations = [{ name: 'replica-1.1', endedAtMs: T + 1_500, isDrained: false }];
    const next = ranLines(2).map((line) => ({ ...line, instance: 'replica-2.1' }));
    const executions = [ranRecord(1), { ...ranRecord(2), instanceId: 'id-2', resultFrom: 'replica-2.1' }];
    expect(rulesBroken({ ledger: [startOf(1), ...next], incarnations, executions })).toEqual([]);
  });

  it('a run ends where it was given up, and not where an ordinary failure was recorded', () => {
    const failed = { ...ranRecord(1), status: 'FAILED' as const, finishedAtMs: T + 1_900 };
    const executionsWith = (failureReason: 'LOST' | 'TIMEOUT' | 'CANCELLED' | 'ERROR') => [
      { ...failed, failureReason },
      ranRecord(2),
    ];
    for (const reason of ['LOST', 'TIMEOUT', 'CANCELLED'] as const) {
      expect(rulesBroken({ ledger: endless, executions: executionsWith(reason) })).toEqual([]);
    }
    expect(rulesBroken({ ledger: endless, executions: executionsWith('ERROR') })).toEqual(['no overlap']);
  });
});

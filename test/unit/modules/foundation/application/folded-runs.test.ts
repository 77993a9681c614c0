import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FoldedRuns } from '../../../../../src/modules/foundation/application/folded-runs.ts';
import type { HeldRecord } from '../../../../../src/modules/foundation/application/ports/run-tracker.ts';
import type { Outcome } from '../../../../../src/modules/foundation/domain/run.ts';

const NOON = Date.parse('2026-01-02T12:00:00Z');
const at = (second: number): Date => new Date(NOON + second * 1_000);

function record(jobId: string, second: number, hasFailed = false): HeldRecord {
  const ended = { finishedAt: at(second), durationMs: 0 };
  const outcome: Outcome = hasFailed
    ? { status: 'FAILED', ...ended, failureReason: 'ERROR', errorMessage: 'it broke', errorStack: null }
    : { status: 'SUCCESS', ...ended, result: null };
  const attempt = { attempt: 1, maxAttempts: 1, trigger: 'schedule', instanceId: 'here', jobKwargs: {} } as const;
  const run = { id: `${jobId}-${second}`, jobId, scheduledAt: at(second), startedAt: at(second), ...attempt };
  return { run, outcome, isRecorded: false };
}

describe('FoldedRuns', () => {
  it('take() gives an event a job, with how many failed, and from when to when', () => {
    const folded = new FoldedRuns();
    for (const [second, hasFailed] of [
      [7, true],
      [3, false],
      [9, true],
    ] as const)
      folded.add(record('a', second, hasFailed));
    folded.add(record('b', 1));
    expect(folded.size).toBe(2);
    expect(folded.take().events).toMatchObject([
      {
        ...{ type: 'run.unrecorded', jobId: 'a', scheduledAt: at(3) },
        detail: { cause: 'outage', count: 3, failed: 2, from: at(3).toISOString(), to: at(9).toISOString() },
      },
      { jobId: 'b', detail: { count: 1, failed: 0, from: at(1).toISOString(), to: at(1).toISOString() } },
    ]);
    expect([folded.size, folded.take().events]).toEqual([0, []]);
  });

  it('what is given back joins what was folded meanwhile, under the key that it may have been told by', () => {
    const folded = new FoldedRuns();
    folded.add(record('a', 2, true));
    const { events, giveBack } = folded.take();
    for (const [jobId, second] of [
      ['a', 5],
      ['a', 8],
      ['b', 4],
    ] as const)
      folded.add(record(jobId, second, second === 8));
    giveBack();
    const again = folded.take().events;
    expect(again).toMatchObject([
      { jobId: 'a', detail: { count: 3, failed: 2, from: at(2).toISOString(), to: at(8).toISOString() } },
      { jobId: 'b', detail: { count: 1 } },
    ]);
    expect(again[0]!.key).toBe(events[0]!.key);
  });

  it('what was written is another event than what is folded after it', () => {
    const folded = new FoldedRuns();
    folded.add(record('a', 1));
    const [first] = folded.take().events;
    folded.add(record('a', 2));
    expect(folded.take().events[0]!.key).not.toBe(first!.key);
  });

  it('counts each run once, however often the ledger is away', () => {
    const folding = fc.record({ runs: fc.array(fc.constantFrom('a', 'b'), { maxLength: 5 }), isAway: fc.boolean() });
    fc.assert(
      fc.property(fc.array(folding, { maxLength: 12 }), (rounds) => {
        const folded = new FoldedRuns();
        let second = 0;
        let told = 0;
        for (const { runs, isAway } of [...rounds, { runs: [], isAway: false }]) {
          for (const jobId of runs) folded.add(record(jobId, (second += 1)));
          const { events, giveBack } = folded.take();
          if (isAway) giveBack();
          else told += events.reduce((sum, { detail }) => sum + Number(detail!['count']), 0);
        }
        expect(told).toBe(second);
      }),
    );
  });
});

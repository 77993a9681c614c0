/** The checker sees executions that were pruned although they are to be kept, and those that should be gone and are not. */
import { expect, it } from 'vitest';
import type { ExecutionRecord } from './history.ts';
import { expectation, JOB, ranRecord, rulesBroken, T } from './planted-history.ts';
import { PRUNER } from './rules/pruning.ts';

const rule = 'pruned to the watermark';
const jobs = [{ ...expectation({ handler: PRUNER }), isLedgered: false }];

function broken(left: { within?: number; outside?: number }, second: Partial<ExecutionRecord> = {}): string[] {
  const executions = [1, 2].map((at) => ({ ...ranRecord(at), jobId: JOB, ...(at === 2 ? second : {}) }));
  const past = {
    within: { inserted: 10, left: left.within ?? 10 },
    outside: { inserted: 10, left: left.outside ?? 0 },
  };
  return rulesBroken({ jobs, executions, past, quietFromMs: T + 1_500, quietToMs: T + 5_000 });
}

it('an execution within the retention that is gone', () => {
  expect(broken({})).toEqual([]);
  expect(broken({ within: 9 })).toEqual([rule]);
});

it('an execution outside of it that is left, although a pruning has come to its end in peace', () => {
  expect(broken({ outside: 1 })).toEqual([rule]);
  expect(broken({ outside: 1 }, { startedAtMs: T + 1_400 })).toEqual([]);
  expect(broken({ outside: 1 }, { finishedAtMs: T + 5_000 })).toEqual([]);
  expect(broken({ outside: 1 }, { status: 'FAILED', failureReason: 'ERROR' })).toEqual([]);
});

it('a job that ran and pruned nothing at all, whenever it ran', () => {
  expect(broken({ outside: 10 }, { startedAtMs: T + 1_400 })).toEqual([rule]);
  expect(broken({ outside: 10 })).toEqual([rule]);
});

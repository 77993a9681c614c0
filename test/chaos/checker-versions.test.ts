/** The checker sees an edit that was acknowledged and did not take effect: arguments, schedule, overlap policy, disabling. */
import { expect, it } from 'vitest';
import type { ExecutionRecord } from './history.ts';
import type { JobVersion } from './job-version.ts';
import { expectation, JOB, ranLines, ranRecord, rulesBroken, skipped, startOf, T } from './planted-history.ts';

const rule = 'an acknowledged edit takes effect';
const ALWAYS = Number.NEGATIVE_INFINITY;
const first: JobVersion = {
  jobId: JOB,
  cronExpression: '* * * * * *',
  enabled: true,
  overlapPolicy: 'skip',
  version: 0,
  askedAtMs: ALWAYS,
  answeredAtMs: ALWAYS,
};

/** Two occurrences, claimed as they were due; the job was edited so long after T, and answered 50 ms later. */
function broken(
  editedAfterMs: number,
  change: Partial<JobVersion>,
  [one, two]: readonly Partial<ExecutionRecord>[],
): string[] {
  const edited = {
    ...first,
    ...change,
    version: 1,
    askedAtMs: T + editedAfterMs,
    answeredAtMs: T + editedAfterMs + 50,
  };
  const executions = [
    { ...ranRecord(1), version: 0, ...one },
    { ...ranRecord(2), version: 0, ...two },
  ];
  return rulesBroken({ versions: [first, edited], executions });
}

it('a run with arguments that were replaced before it was claimed, or that came only after it', () => {
  expect(broken(-5_000, {}, [{ version: 1 }, { version: 1 }])).toEqual([]);
  expect(broken(-5_000, {}, [{ version: 1 }, { version: 0 }])).toEqual([rule]);
  expect(broken(9_000, {}, [{}, {}])).toEqual([]);
  expect(broken(9_000, {}, [{}, { version: 1 }])).toEqual([rule]);
  expect(broken(9_000, {}, [{}, { version: null }])).toEqual([rule]);
});

it('a run that waited, was run again, or was claimed while the edit was under way may have either', () => {
  expect(broken(1_990, {}, [{}, {}])).toEqual([]);
  expect(broken(1_990, {}, [{}, { version: 1 }])).toEqual([]);
  expect(broken(-5_000, {}, [{ version: 1 }, { wasPending: true }])).toEqual([]);
  expect(broken(-5_000, {}, [{ version: 1 }, { trigger: 'manual' }])).not.toContain(rule);
});

it('an occurrence that its schedule did not have any more, or of a disabled job', () => {
  const late = [{}, { version: 1, claimedAtMs: T + 4_000 }];
  expect(broken(1_500, { cronExpression: '1-59/2 * * * * *' }, late)).toEqual([rule]);
  expect(broken(1_500, { cronExpression: '*/2 * * * * *' }, late)).toEqual([]);
  expect(broken(1_500, { enabled: false }, late)).toEqual([rule]);
  // The edit's own instant lies somewhere between the asking and the answer.
  expect(broken(1_990, { enabled: false }, late)).toEqual([]);
});

it('an overlap is one unless its job may have come to allow it', () => {
  const ledger = [startOf(1), ...ranLines(2)];
  const executions = [1, 2].map((second) => ({ ...ranRecord(second), version: second - 1 }));
  const asked = (afterMs: number) => ({ askedAtMs: T + afterMs, answeredAtMs: T + afterMs + 50, version: 1 });
  const overlapping = (versions: JobVersion[]) => rulesBroken({ ledger, executions, versions });
  const allowing = { ...first, ...asked(1_500), overlapPolicy: 'allow' as const };
  expect(overlapping([first, allowing])).toEqual([]);
  expect(overlapping([first, { ...allowing, overlapPolicy: 'queueOne' }])).toEqual(['no overlap']);
  const before = { ...allowing, ...asked(-9_000) };
  expect(overlapping([before, { ...first, ...asked(-5_000) }])).toContain('no overlap');
});

it('of runs that were started while their job allowed overlap the newest keeps the next away, and no other', () => {
  const ending = (second: number, endsAfterMs: number) =>
    ranLines(second).map((line) => (line.event === 'end' ? { ...line, atMs: T + endsAfterMs } : line));
  const allowing = { ...first, overlapPolicy: 'allow' as const };
  const versions = [allowing, { ...first, version: 1, askedAtMs: T + 2_500, answeredAtMs: T + 2_550 }];
  const executions = [1, 2, 5].map((second) => ({ ...ranRecord(second), version: second === 5 ? 1 : 0 }));
  const broken = (older: number, newer: number) =>
    rulesBroken({ ledger: [...ending(1, older), ...ending(2, newer), ...ranLines(5)], executions, versions });
  expect(broken(6_000, 4_000)).not.toContain('no overlap');
  expect(broken(4_000, 6_000)).toContain('no overlap');
});

it('what waits of a job that came to queue has come to something', () => {
  const waiting = { id: 'w', jobId: JOB, scheduledAtMs: T + 2_000, attempt: 1, availableAtMs: T + 85_000 };
  const part = { ledger: ranLines(1), executions: [{ ...ranRecord(1), version: 0 }], pending: [waiting] };
  const queueing = { ...first, version: 1, askedAtMs: T + 1_500, answeredAtMs: T + 1_600, overlapPolicy: 'queueOne' };
  expect(rulesBroken({ ...part, versions: [first, queueing as JobVersion] })).toEqual([]);
  expect(rulesBroken({ ...part, versions: [first] })).toEqual(['every occurrence resolved']);
  const events = [skipped({ scheduledAtMs: T + 2_000 })];
  expect(rulesBroken({ ...part, pending: [], events, versions: [first], jobs: [expectation()] })).toEqual([]);
});

/**
 * Runs of a job that forbids overlap never run at the same time; of those that were started while it still allowed overlap,
 * the newest alone is waited for (`docs/policies.md`). A run ends where its ledger says so, where its process
 * ended, or where it was given up: at its timeout, its cancellation, or when its instance had lost its lease.
 */
import { type ExecutionRecord, groupBy, type History, iso, type Rule } from '../history.ts';
import { inForce } from '../job-version.ts';
import { type Unseen, unseenStarts } from './unseen.ts';

/** Two ledgers' clocks agree within this. */
const LEDGER_TOLERANCE_MS = 25;
/** The end that a record has is what its process took for the database's time. */
const RECORD_TOLERANCE_MS = 400;

/** A run starts so long after its claim at most, where a replica is busy. */
const CLAIMED_BEFORE_MS = 2_000;

interface Interval {
  readonly executionId: string;
  readonly instance: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly endedBy: 'ledger' | 'record' | 'process' | 'nothing';
}

export const noOverlap: Rule = (history) => {
  const unseen = unseenStarts(history);
  const mayAllow = overlapAllowed(history);
  const intervalsOf = groupBy(intervals(history), ({ jobId }) => jobId);
  return history.jobs
    .filter((job) => job.spec.overlapPolicy !== 'allow')
    .flatMap(({ jobId }) => {
      const sorted = (intervalsOf.get(jobId) ?? []).map(({ interval }) => interval);
      sorted.sort((a, b) => a.startMs - b.startMs);
      let goingOn: Interval[] = [];
      return sorted.flatMap((next) => {
        goingOn = goingOn.filter((earlier) => earlier.endMs - next.startMs > toleranceMs(earlier));
        const allowed = sorted.findLast(({ startMs }) => startMs < next.startMs && mayAllow(jobId, startMs));
        const before = goingOn.find(
          (earlier) =>
            earlier.executionId !== next.executionId &&
            (earlier === allowed || !mayAllow(jobId, earlier.startMs)) &&
            !areCutOff(unseen, jobId, [earlier, next]),
        );
        goingOn.push(next);
        if (before === undefined || mayAllow(jobId, next.startMs)) return [];
        const overlapMs = Math.round(before.endMs - next.startMs);
        const what = `${jobId} started at ${iso(next.startMs)} while a run before it went on for another ${overlapMs} ms`;
        return [{ rule: 'no overlap', what, evidence: { before, next } }];
      });
    });
};

/** A job's own limit: never more of its runs at once, on all replicas together. */
export const withinOwnLimit: Rule = (history) => {
  const unseen = unseenStarts(history);
  const intervalsOf = groupBy(intervals(history), ({ jobId }) => jobId);
  return history.jobs.flatMap(({ jobId, spec: { maxConcurrentRuns } }) => {
    if (maxConcurrentRuns === null || unseen.mayHave(jobId)) return [];
    const all = (intervalsOf.get(jobId) ?? []).map(({ interval }) => interval);
    return all.flatMap(({ startMs }) => {
      const atOnce = all.filter((other) => other.startMs <= startMs && other.endMs - toleranceMs(other) > startMs);
      if (atOnce.length <= maxConcurrentRuns) return [];
      const what = `${jobId} had ${atOnce.length} runs at once at ${iso(startMs)}, and ${maxConcurrentRuns} are allowed`;
      return [{ rule: 'within its own limit', what, evidence: atOnce }];
    });
  });
};

/** Whether a job whose policy changes may have been one that allows overlap when this was claimed. */
function overlapAllowed({ versions }: History): (jobId: string, startMs: number) => boolean {
  const spansOf = groupBy(versions, ({ jobId }) => jobId);
  return (jobId, startMs) =>
    inForce(spansOf.get(jobId) ?? []).some(
      ({ version, mayBe: [fromMs, toMs] }) =>
        version.overlapPolicy === 'allow' && fromMs <= startMs && startMs - CLAIMED_BEFORE_MS < toMs,
    );
}

/** Two instances, of which one could not know of the other. */
function areCutOff(unseen: Unseen, jobId: string, [before, next]: readonly [Interval, Interval]): boolean {
  if (before.instance === next.instance) return false;
  return [before, next].some(({ instance, startMs }) => unseen.isExcused({ jobId, instance, atMs: startMs }));
}

function toleranceMs({ endedBy }: Interval): number {
  return endedBy === 'record' ? RECORD_TOLERANCE_MS : LEDGER_TOLERANCE_MS;
}

function intervals({ ledger, executions, incarnations }: History): { jobId: string; interval: Interval }[] {
  const runs = new Map(executions.map((run) => [run.id, run]));
  const ends = new Map(ledger.filter(({ event }) => event === 'end').map((line) => [keyOf(line), line.atMs]));
  const processEnds = new Map(incarnations.map(({ name, endedAtMs }) => [name, endedAtMs]));
  return ledger
    .filter(({ event }) => event === 'start')
    .map((line) => {
      const { jobId, executionId, instance, atMs: startMs } = line;
      const candidates = [
        { endMs: ends.get(keyOf(line)), endedBy: 'ledger' },
        { endMs: givenUpAt(runs.get(executionId)), endedBy: 'record' },
        { endMs: processEnds.get(instance) ?? undefined, endedBy: 'process' },
      ] as const;
      let end: Pick<Interval, 'endMs' | 'endedBy'> = { endMs: Number.POSITIVE_INFINITY, endedBy: 'nothing' };
      for (const { endMs, endedBy } of candidates)
        if (endMs !== undefined && endMs < end.endMs) end = { endMs, endedBy };
      return { jobId, interval: { executionId, instance, startMs, ...end } };
    });
}

function keyOf(line: { executionId: string; instance: string; attempt: number }): string {
  return `${line.executionId}#${line.attempt}#${line.instance}`;
}

function givenUpAt(run: ExecutionRecord | undefined): number | undefined {
  const isGivenUp =
    run?.failureReason === 'LOST' || run?.failureReason === 'TIMEOUT' || run?.failureReason === 'CANCELLED';
  return isGivenUp ? (run.finishedAtMs ?? undefined) : undefined;
}

/** Every attempt that is to follow does follow, not before its time; and in a queue nobody overtakes. */
import { LOST_ATTEMPTS, retryDelayMs } from '../../../src/modules/foundation/domain/retry.ts';
import {
  type ExecutionRecord,
  groupBy,
  type History,
  iso,
  occurrenceKey,
  type Rule,
  type Violation,
} from '../history.ts';
import type { LedgerLine } from '../ledger-line.ts';
import { unseenStarts } from './unseen.ts';

/** Clocks of one machine, in whole milliseconds. */
const TOLERANCE_MS = 2;
/** An order that the ledgers of two processes disagree about. */
const LEDGER_TOLERANCE_MS = 25;
/** What is available is started within the poll, the longest run of the suite, and a rescue. */
const WAITS_AT_MOST_MS = 40_000;

/** What failed and has attempts left is tried again, after its backoff; what was lost, where its job says so. */
export const retriesFollow: Rule = (history) => {
  const { executions, pending, orders, jobs } = history;
  const attempts = groupBy([...executions, ...pending], occurrenceKey);
  const specs = new Map(jobs.map(({ jobId, spec }) => [jobId, spec]));
  const rule = 'retries follow';
  return executions.flatMap((run): Violation[] => {
    const spec = specs.get(run.jobId);
    if (spec === undefined || !isToBeRetried(run, spec.onLost)) return [];
    const next = attempts.get(occurrenceKey(run))?.find(({ attempt }) => attempt === run.attempt + 1);
    if (next === undefined) {
      if (run.isCancelRequested || spec.overlapPolicy === 'cancelPrevious') return [];
      const what = `${run.jobId}: attempt ${run.attempt} of ${iso(run.scheduledAtMs)} ended as ${run.failureReason}, and no further one follows`;
      return [{ rule, what, evidence: run }];
    }
    const isByItself = run.failureReason !== 'LOST' && !orders.retriedOccurrences.has(occurrenceKey(run));
    // One that was cancelled while it waited was never claimed.
    const hasStarted = 'startedAtMs' in next && next.instanceId !== null;
    if (!isByItself || !hasStarted || run.finishedAtMs === null) return [];
    const dueMs = run.finishedAtMs + retryDelayMs({ ...run, scheduledAt: new Date(run.scheduledAtMs) }, spec);
    if (next.startedAtMs >= dueMs - TOLERANCE_MS) return [];
    const what = `${run.jobId}: attempt ${next.attempt} started ${Math.round(dueMs - next.startedAtMs)} ms before its backoff had passed`;
    return [{ rule, what, evidence: { run, next } }];
  });
};

/** Where runs exclude each other, first attempts start in the order of their occurrences. */
export const queueInOrder: Rule = (history) => {
  const { ledger, executions, jobs } = history;
  const unseen = unseenStarts(history);
  // What waits behind a run is overtaken where its job comes to allow overlap.
  const steered = new Set(history.versions.map(({ jobId }) => jobId));
  const inTurn = jobs.filter(({ spec, jobId }) => spec.overlapPolicy !== 'allow' && !steered.has(jobId));
  const exclusive = new Set(inTurn.map(({ jobId }) => jobId).filter((jobId) => !unseen.mayHave(jobId)));
  const isScheduled = ({ trigger }: ExecutionRecord): boolean => trigger === 'schedule' || trigger === 'catchUp';
  const scheduled = new Set(executions.filter(isScheduled).map(({ id }) => id));
  const unqueued = new Set(jobs.filter(({ spec }) => spec.overlapPolicy === 'skip').map(({ jobId }) => jobId));
  const isGivenBack = ({ wasPending, jobId }: ExecutionRecord): boolean => wasPending && unqueued.has(jobId);
  const givenBack = new Set(executions.filter(isGivenBack).map(({ id }) => id));
  const starts = ledger.filter(
    ({ event, attempt, executionId, jobId }) =>
      event === 'start' && attempt === 1 && exclusive.has(jobId) && scheduled.has(executionId),
  );
  return [...groupBy(starts, ({ jobId }) => jobId)].flatMap(([jobId, lines]) =>
    overtakings(lines, givenBack).map(({ before, next }) => {
      const what = `${jobId}: ${next.scheduledAt} started after ${before.scheduledAt}`;
      return { rule: 'in the order of the queue', what, evidence: { before, next } };
    }),
  );
};

/**
 * Those starts of one job that follow a later occurrence. Where nothing is queued, what was given back waits while a later
 * one is claimed: it has its turn only among others that were given back, and they overtake nobody.
 */
function overtakings(
  lines: readonly LedgerLine[],
  givenBack: ReadonlySet<string>,
): { readonly before: LedgerLine; readonly next: LedgerLine }[] {
  let latest: LedgerLine | undefined;
  let latestGivenBack: LedgerLine | undefined;
  return lines
    .toSorted((a, b) => a.atMs - b.atMs)
    .flatMap((next) => {
      const isGivenBack = givenBack.has(next.executionId);
      const before = isGivenBack ? latestGivenBack : latest;
      latest = laterOf(latest, next);
      if (isGivenBack) latestGivenBack = laterOf(latestGivenBack, next);
      const isInOrder = before === undefined || before.scheduledAt <= next.scheduledAt;
      return isInOrder || next.atMs - before.atMs <= LEDGER_TOLERANCE_MS ? [] : [{ before, next }];
    });
}

function laterOf(known: LedgerLine | undefined, next: LedgerLine): LedgerLine {
  return known !== undefined && known.scheduledAt > next.scheduledAt ? known : next;
}

/** A job that queues all skips none because another runs. */
export const queueAllSkipsNone: Rule = ({ events, jobs }) => {
  const queueing = new Set(jobs.filter(({ spec }) => spec.overlapPolicy === 'queueAll').map(({ jobId }) => jobId));
  return events
    .filter(
      ({ type, jobId, reason }) =>
        type === 'occurrence.skipped' && queueing.has(jobId ?? '') && reason?.startsWith('overlap'),
    )
    .map((event) => ({ rule: 'queueAll skips none', what: `${event.jobId}: ${event.reason}`, evidence: event }));
};

/** What waits and may start is started, once everything is as it should be; of a job that queues all, those before it first. */
export const nothingWaitsForEver: Rule = ({ executions, pending, jobs, quietToMs }) => {
  const known = new Set(jobs.map(({ jobId }) => jobId));
  const queueing = new Set(jobs.filter(({ spec }) => spec.overlapPolicy === 'queueAll').map(({ jobId }) => jobId));
  const goingOn = new Set(
    executions.filter(({ startedAtMs }) => quietToMs - startedAtMs <= WAITS_AT_MOST_MS).map(({ jobId }) => jobId),
  );
  return pending
    .filter(({ jobId, availableAtMs }) => known.has(jobId) && quietToMs - availableAtMs > WAITS_AT_MOST_MS)
    .filter(({ jobId }) => !(queueing.has(jobId) && goingOn.has(jobId)))
    .map((run) => ({
      rule: 'nothing waits for ever',
      what: `${run.jobId}@${iso(run.scheduledAtMs)} has waited for ${Math.round(quietToMs - run.availableAtMs)} ms`,
      evidence: run,
    }));
};

function isToBeRetried(run: ExecutionRecord, onLost: History['jobs'][number]['spec']['onLost']): boolean {
  if (run.status !== 'FAILED') return false;
  if (run.failureReason === 'LOST') return onLost === 'retry' && run.attempt < Math.max(run.maxAttempts, LOST_ATTEMPTS);
  const isFailure = run.failureReason === 'ERROR' || run.failureReason === 'TIMEOUT';
  return isFailure && run.attempt < run.maxAttempts;
}

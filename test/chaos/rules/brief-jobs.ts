/** Jobs that come and go: what was removed stays away, what was made stays, and a backfill runs all that it named. */
import { groupBy, type History, iso, type Rule, type Violation } from '../history.ts';

/** What is due after a removal was acknowledged is not run; what was made and not removed is there. */
export const removedIsGone: Rule = (history) => {
  const { orders, ledger, finalValues, pending } = history;
  const waiting = new Set(pending.map(({ jobId }) => jobId));
  const brief = new Set(orders.briefJobs.map(({ jobId }) => jobId));
  const starts = ledger.filter(({ event, jobId }) => event === 'start' && brief.has(jobId));
  const startsOf = groupBy(starts, ({ jobId }) => jobId);
  const rule = 'removed is gone';
  return orders.briefJobs.flatMap((job): Violation[] => {
    const { jobId, madeAtMs, removedAtMs, isRemovalAsked } = job;
    const isThere = finalValues.has(jobId);
    if (madeAtMs !== null && !isRemovalAsked && !isThere) {
      return [{ rule: 'no acknowledged change lost', what: `${jobId} was made, and is gone`, evidence: job }];
    }
    if (removedAtMs === null) return [];
    if (isThere || waiting.has(jobId)) return [{ rule, what: `${jobId} was removed, and is there`, evidence: job }];
    const late = (startsOf.get(jobId) ?? []).filter(({ scheduledAt }) => Date.parse(scheduledAt) > removedAtMs);
    if (late.length === 0) return [];
    const what = `${jobId} was removed at ${iso(removedAtMs)}, and ran at ${late[0]!.scheduledAt}`;
    return [{ rule, what, evidence: late.slice(0, 5) }];
  });
};

/** Every occurrence that a backfill was to run has ended, unless its job was removed; oldest first, where one runs at a time. */
export const backfillsAreWhole: Rule = ({ orders, executions }: History) => {
  const runs = new Map(executions.map((run) => [run.id, run]));
  const removed = new Set(orders.briefJobs.filter((job) => job.isRemovalAsked).map(({ jobId }) => jobId));
  const rule = 'backfills are whole';
  return orders.backfills.flatMap((order): Violation[] => {
    const started = order.runs.map(({ executionId }) => runs.get(executionId)).filter((run) => run !== undefined);
    const isEnded = started.every(({ status }) => status !== 'RUNNING');
    if (!removed.has(order.jobId) && (started.length < order.runs.length || !isEnded)) {
      const what = `${order.jobId}: of ${order.runs.length} occurrences to be backfilled ${started.length} ran`;
      return [{ rule, what, evidence: order }];
    }
    const inTurn = started.toSorted((a, b) => a.scheduledAtMs - b.scheduledAtMs);
    const early = inTurn.find((run, at) => at > 0 && run.startedAtMs < inTurn[at - 1]!.startedAtMs);
    if (!order.isInTurn || early === undefined) return [];
    const what = `${order.jobId}: the backfilled ${iso(early.scheduledAtMs)} started before an older one`;
    return [{ rule, what, evidence: { order, early } }];
  });
};

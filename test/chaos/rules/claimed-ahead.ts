/**
 * What was claimed before it was due, by an instance that was gone when it was: where its last renewal lies before the due
 * time it has not started, and goes back; what may have started is lost, and is not given to anybody else.
 */
import { groupBy, type History, iso, type Rule, type Violation } from '../history.ts';
import type { GiveBackRecord, LeaseRecord } from '../lease-record.ts';
import { unseenStarts } from './unseen.ts';

/** A statement of a process that was killed may still be under way. */
const UNDER_WAY_MS = 500;

export const undueGoesBack: Rule = ({ executions, leases }) => {
  const leasesOf = groupBy(leases, ({ instanceId }) => instanceId);
  const rule = 'what was not due goes back';
  return executions.flatMap((run): Violation[] => {
    const { jobId, scheduledAtMs, claimedAtMs, finishedAtMs, failureReason, instanceId } = run;
    const isAhead = run.trigger === 'schedule' && claimedAtMs !== null && claimedAtMs < scheduledAtMs;
    if (failureReason !== 'LOST' || !isAhead || finishedAtMs === null) return [];
    const last = leasesOf.get(instanceId ?? '')?.findLast(({ renewedAtMs }) => renewedAtMs <= finishedAtMs);
    if (last !== undefined && last.renewedAtMs >= scheduledAtMs) return [];
    const renewed = last === undefined ? 'was never renewed' : `was renewed last at ${iso(last.renewedAtMs)}`;
    const what = `${jobId}@${iso(scheduledAtMs)} is lost, and the lease of its instance ${renewed}, before it was due`;
    return [{ rule, what, evidence: { run, last } }];
  });
};

/** A record that was given back belongs to a run that never started. */
export const startedIsKept: Rule = (history) => {
  const { giveBacks, jobs } = history;
  const known = new Set(jobs.map(({ jobId }) => jobId));
  const unseen = unseenStarts(history);
  const starts = history.ledger.filter(({ event }) => event === 'start');
  const startOf = new Map(starts.map((line) => [line.executionId, line]));
  const mayHaveStarted = confirmedBeforeItsEnd(history);
  const rule = 'what may have started is kept';
  return giveBacks.flatMap((record): Violation[] => {
    const { jobId, scheduledAtMs, executionId } = record;
    if (!known.has(jobId)) return [];
    const name = `${jobId}@${iso(scheduledAtMs)}`;
    const start = startOf.get(executionId);
    if (start !== undefined && !unseen.mayBe(start)) {
      return [{ rule, what: `${name} was given back, and its run has started`, evidence: { record, start } }];
    }
    const lease = mayHaveStarted(record);
    if (lease === undefined) return [];
    const what = `${name} was given back, and the instance that had claimed it had confirmed it before it ended`;
    return [{ rule, what, evidence: { record, lease } }];
  });
};

/** By a process that lived then: one that lives may give back itself what it has not started. */
function confirmedBeforeItsEnd(history: History): (record: GiveBackRecord) => LeaseRecord | undefined {
  const endOf = new Map(history.incarnations.map(({ name, endedAtMs }) => [name, endedAtMs]));
  const leasesOf = groupBy(history.leases, ({ instanceId }) => instanceId);
  return ({ instanceId, scheduledAtMs, atMs }) => {
    const leases = leasesOf.get(instanceId) ?? [];
    const endedAtMs = endOf.get(leases[0]?.instance ?? '') ?? Number.POSITIVE_INFINITY;
    if (atMs <= endedAtMs + UNDER_WAY_MS) return undefined;
    return leases.find((lease) => lease.atMs <= endedAtMs && (lease.confirmedUntilMs ?? 0) >= scheduledAtMs);
  };
}

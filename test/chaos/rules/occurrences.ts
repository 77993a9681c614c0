/** What became of each due occurrence: it ends in an execution, or in an event that says why there is none. */
import {
  type EventRecord,
  groupBy,
  type History,
  iso,
  type JobExpectation,
  occurrenceKey,
  type PendingRecord,
  type Rule,
  type Violation,
} from '../history.ts';
import { unseenStarts } from './unseen.ts';

/** How many examples a violation shows. */
const SHOWN = 10;

interface Fates {
  readonly executed: ReadonlySet<number>;
  readonly queued: ReadonlySet<number>;
  readonly explanations: readonly EventRecord[];
}

/** Every expected occurrence has an execution, or is covered by an event. */
export const everyOccurrenceResolved: Rule = (history) => {
  const fatesOf = indexFates(history);
  return history.jobs.flatMap((job) => {
    const fates = fatesOf(job.jobId);
    const lost = job.expectedAtMs.filter((atMs) => !isResolved(atMs, fates));
    return lost.length === 0 ? [] : [unresolved(job, lost)];
  });
};

/** No occurrence both ran by the schedule and is said not to have run, and none is said to have run that did not. */
export const noContradiction: Rule = (history) => [...ranAgainstTheEvents(history), ...isRecordedNowhere(history)];

const ranAgainstTheEvents: Rule = (history) => {
  const fatesOf = indexFates(history);
  const unseen = unseenStarts(history);
  // What an instance ran that was cut off, another may have told to be skipped.
  return history.jobs.flatMap(({ jobId }) => {
    if (unseen.mayHave(jobId) && history.disturbances.length > 0) return [];
    const { executed, explanations } = fatesOf(jobId);
    return explanations.flatMap((event) => {
      const both = [...executed].filter((atMs) => covers(event, atMs));
      if (both.length === 0) return [];
      const what = `${jobId} ran at ${iso(both[0]!)}, and an event says that it did not`;
      return [{ rule: 'no contradiction', what, evidence: { event, executed: both.slice(0, SHOWN).map(iso) } }];
    });
  });
};

/** An attempt that is dropped because the occurrence's attempt has its record: then there is that record. */
const isRecordedNowhere: Rule = ({ events, executions }) => {
  const records = new Set(executions.map(({ jobId, scheduledAtMs }) => `${jobId}@${scheduledAtMs}`));
  return events.flatMap((event) => {
    if (!saysRecorded(event) || records.has(`${event.jobId}@${event.scheduledAtMs}`)) return [];
    const what = `an event says that ${event.jobId} has a record of ${iso(event.scheduledAtMs ?? 0)}, and there is none`;
    return [{ rule: 'no contradiction', what, evidence: event }];
  });
};

function saysRecorded({ type, reason }: EventRecord): boolean {
  return type === 'occurrence.skipped' && reason?.startsWith('recorded') === true;
}

function unresolved(job: JobExpectation, lost: readonly number[]): Violation {
  return {
    rule: 'every occurrence resolved',
    what: `${job.jobId}: ${lost.length} of ${job.expectedAtMs.length} occurrences came to nothing`,
    evidence: { first: lost.slice(0, SHOWN).map(iso), last: iso(lost.at(-1)!) },
  };
}

/** What an occurrence that is queued waits for may take longer than the run is watched; that it waits is no loss. */
function queuedOf({ pending, jobs, versions }: History): Map<string, PendingRecord[]> {
  const queueing = new Set([...jobs.map(({ spec }) => spec), ...versions].filter(isQueueing).map(({ jobId }) => jobId));
  return groupBy(
    pending.filter(({ jobId }) => queueing.has(jobId)),
    ({ jobId }) => jobId,
  );
}

function isQueueing({ overlapPolicy }: Pick<JobExpectation['spec'], 'overlapPolicy'>): boolean {
  return overlapPolicy === 'queueOne' || overlapPolicy === 'queueAll' || overlapPolicy === 'cancelPrevious';
}

function indexFates(history: History): (jobId: string) => Fates {
  const { executions, events } = history;
  const queued = queuedOf(history);
  // What a person started is no occurrence of the schedule, and neither is its retry.
  const manual = new Set(executions.filter((run) => run.trigger === 'manual').map(occurrenceKey));
  const scheduled = executions.filter((run) => !manual.has(occurrenceKey(run)));
  const runs = groupBy(scheduled, (run) => run.jobId);
  const told = events.filter((event) => event.jobId !== null && isExplanation(event));
  const explanations = groupBy(told, (event) => event.jobId!);
  return (jobId) => ({
    executed: new Set(runs.get(jobId)?.map((run) => run.scheduledAtMs)),
    queued: new Set(queued.get(jobId)?.map((run) => run.scheduledAtMs)),
    explanations: explanations.get(jobId) ?? [],
  });
}

/** What was held is still to be run, or to be told of by its misfire policy; what is recorded has its record. */
function isExplanation(event: EventRecord): boolean {
  return event.type.startsWith('occurrence.') && event.type !== 'occurrence.held' && !saysRecorded(event);
}

function isResolved(atMs: number, { executed, queued, explanations }: Fates): boolean {
  return executed.has(atMs) || queued.has(atMs) || explanations.some((event) => covers(event, atMs));
}

function covers(event: EventRecord, atMs: number): boolean {
  const from = event.fromMs ?? event.scheduledAtMs;
  const to = event.toMs ?? event.scheduledAtMs;
  return from !== null && to !== null && from <= atMs && atMs <= to;
}

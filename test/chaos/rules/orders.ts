/** What a person ordered is done once, and stays done: a run that was cancelled, a job that was paused, an unheard trigger. */
import { groupBy, iso, occurrenceKey, type PauseRecord, type Rule, type Violation } from '../history.ts';
import { isDisturbed } from './disturbed.ts';

/** An instance hears of a cancellation at once, or at its next beat 5 s later. */
const HEARD_WITHIN_MS = 6_000;

/** A run that was cancelled does not end well later on, and no further attempt follows by itself. */
export const cancelledStaysCancelled: Rule = (history) => {
  const { orders, executions, pending } = history;
  const runs = new Map(executions.map((run) => [run.id, run]));
  const attempts = groupBy([...executions, ...pending], occurrenceKey);
  const rule = 'cancelled stays cancelled';
  return orders.cancels.flatMap((cancel): Violation[] => {
    const { jobId, executionId, answeredAtMs } = cancel;
    const run = runs.get(executionId);
    if (run === undefined) return [{ rule, what: `${jobId}: a run that was cancelled is gone`, evidence: cancel }];
    const next = attempts.get(occurrenceKey(run))?.find(({ attempt }) => attempt === run.attempt + 1);
    const isOrdered = orders.retriedOccurrences.has(occurrenceKey(run));
    if (next !== undefined && !isOrdered) {
      const what = `${jobId}: a run that was cancelled is tried again all the same`;
      return [{ rule, what, evidence: { cancel, run, next } }];
    }
    const lateMs = (run.finishedAtMs ?? Number.POSITIVE_INFINITY) - answeredAtMs;
    if (run.status !== 'SUCCESS' || lateMs <= HEARD_WITHIN_MS) return [];
    if (isDisturbed(history, history.instances.get(run.instanceId ?? ''), answeredAtMs)) return [];
    const what = `${jobId}: ended as SUCCESS ${Math.round(lateMs)} ms after it was acknowledged that it is cancelled`;
    return [{ rule, what, evidence: { cancel, run } }];
  });
};

/** No occurrence that falls into an acknowledged pause is run, unless whoever ended it wanted to catch up. */
export const pausedIsQuiet: Rule = ({ orders, executions }) => {
  const runsOf = groupBy(
    executions.filter(({ trigger, attempt }) => (trigger === 'schedule' || trigger === 'catchUp') && attempt === 1),
    ({ jobId }) => jobId,
  );
  return [...groupBy(orders.pauses, ({ jobId }) => jobId)].flatMap(([jobId, all]) =>
    all.flatMap((pause, at) => {
      const span = quietSpan(pause, all.slice(at + 1));
      const ran = runsOf
        .get(jobId)
        ?.filter(({ scheduledAtMs: ms }) => span !== null && span.fromMs < ms && ms < span.toMs);
      if (ran === undefined || ran.length === 0) return [];
      const what = `${jobId}: its occurrence of ${iso(ran[0]!.scheduledAtMs)} ran although it was paused`;
      return [{ rule: 'paused is quiet', what, evidence: { pause, ran: ran.slice(0, 5) } }];
    }),
  );
};

/** However often a trigger was asked for, it led to as many runs as it may have, and what was told of ran. */
export const orderedOnce: Rule = ({ orders, events, executions, jobs }) => {
  const told = events.filter((event) => event.type === 'job.triggered');
  const toldBy = groupBy(told, ({ jobId, reason }) => `${jobId} ${reason}`);
  const ended = new Set(executions.filter(({ status }) => status !== 'RUNNING').map(({ id }) => id));
  const known = new Set(jobs.map(({ jobId }) => jobId));
  const twice = orders.repeated.flatMap((order) => {
    const all = toldBy.get(`${order.jobId} ${order.reason}`) ?? [];
    const what = `${order.jobId}: '${order.reason}' was followed ${all.length} times, and ${order.allowed} are allowed`;
    return all.length <= order.allowed ? [] : [{ rule: 'ordered once', what, evidence: { order, all } }];
  });
  const forgotten = told
    .filter(({ executionId, jobId }) => jobId !== null && known.has(jobId) && !ended.has(executionId ?? ''))
    .map((event) => ({
      rule: 'ordered once',
      what: `${event.jobId}: a run that is told of never ended`,
      evidence: event,
    }));
  return [...twice, ...forgotten];
};

/** null: nothing was promised. */
function quietSpan(pause: PauseRecord, later: readonly PauseRecord[]): { fromMs: number; toMs: number } | null {
  if (pause.order !== 'pause' || !pause.isAcknowledged) return null;
  // A pause that is ordered while one goes on prolongs that one: whoever ends it by catching up wants all of it.
  const nextPause = later.findIndex(
    ({ order, isAcknowledged, askedAtMs }, at) =>
      order === 'pause' && isAcknowledged && hasEnded(pause, later.slice(0, at), askedAtMs),
  );
  const until = nextPause === -1 ? later : later.slice(0, nextPause);
  if (until.some(({ order }) => order === 'catchUp')) return null;
  const ends = [later[0]?.askedAtMs ?? Number.POSITIVE_INFINITY, pause.untilMs ?? Number.POSITIVE_INFINITY];
  return { fromMs: pause.answeredAtMs, toMs: Math.min(...ends) };
}

/** By its own end, or by an order that was heard. */
function hasEnded({ untilMs }: PauseRecord, orders: readonly PauseRecord[], atMs: number): boolean {
  return (
    (untilMs !== null && untilMs < atMs) ||
    orders.some(({ order, isAcknowledged }) => order !== 'pause' && isAcknowledged)
  );
}

/**
 * What a job's own terms say of when it may run: not before its start or after its end, of which one event tells; not so late
 * that its misfire policy drops it, and not dropped for being late before it is.
 */
import { DEFAULT_GRACE_MS, MISFIRE_THRESHOLD_MS } from '../../../src/modules/foundation/domain/misfire.ts';
import {
  type EventRecord,
  type ExecutionRecord,
  groupBy,
  type History,
  iso,
  type JobExpectation,
  type Rule,
  type Violation,
} from '../history.ts';
import { isDisturbed } from './disturbed.ts';

/** A plan is that old when it is followed, at most: as long as a call may take, and where the way is disturbed until its claim is refused. */
const UNDER_WAY_MS = 5_000;
const REFUSED_AFTER_MS = 20_000;
/** A replica knows the database's clock by its answers. */
const CLOCK_MS = 500;
/** What is due then is claimed, and told of, by the end of the quiet. */
const TOLD_WITHIN_MS = 12_000;

type Occurrence = Pick<ExecutionRecord, 'scheduledAtMs' | 'trigger'>;

/** Of what is due before a job's start, or after its end, there is neither a run nor an event; of the end itself there is one. */
export const withinItsSpan: Rule = (history) => {
  const runsOf = groupBy(history.executions, ({ jobId }) => jobId);
  const eventsOf = groupBy(history.events, ({ jobId }) => jobId ?? '');
  return history.jobs.flatMap((job) => {
    const events = eventsOf.get(job.jobId) ?? [];
    return [...outside(job, runsOf.get(job.jobId) ?? [], events), ...expiredOnce(job, events, history)];
  });
};

function outside({ jobId, spec }: JobExpectation, runs: readonly ExecutionRecord[], events: readonly EventRecord[]) {
  const fromMs = spec.startAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  const toMs = spec.endAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const ran = runs.filter(isScheduled).filter(({ scheduledAtMs }) => scheduledAtMs < fromMs || scheduledAtMs > toMs);
  const told = events.filter(
    (event) => event.type.startsWith('occurrence.') && (earliest(event) < fromMs || latest(event) > toMs),
  );
  return [...ran, ...told].slice(0, 1).map((evidence): Violation => {
    const what = `${jobId} is there from ${spec.startAt?.toISOString() ?? 'ever'} to ${spec.endAt?.toISOString() ?? 'ever'}, and ${ran.length} runs and ${told.length} events are of other occurrences`;
    return { rule: 'within its start and end', what, evidence };
  });
}

function expiredOnce({ jobId, spec }: JobExpectation, events: readonly EventRecord[], { quietToMs }: History) {
  const endMs = spec.endAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const told = events.filter(({ type }) => type === 'job.expired');
  const isToldRight = told.length === 1 && told[0]?.scheduledAtMs === endMs;
  // Its last occurrence may be claimed, and with it the end be told of, before or after the end.
  if (isToldRight || (told.length === 0 && endMs > quietToMs - TOLD_WITHIN_MS)) return [];
  const what = `${jobId} has ${told.length} events that it is over, and ends ${spec.endAt === null ? 'never' : `at ${iso(endMs)}`}`;
  return [{ rule: 'within its start and end', what, evidence: told }];
}

/** Nothing is claimed later than its grace, and nothing within it is called later than that. */
export const withinItsGrace: Rule = (history) => {
  const specs = new Map(history.jobs.map(({ jobId, spec }) => [jobId, spec]));
  // Whoever ends a pause by catching up wants what is late.
  const paused = new Set(history.orders.pauses.map(({ jobId }) => jobId));
  const tooLate = history.executions.flatMap((run): Violation[] => {
    const spec = specs.get(run.jobId);
    const { claimedAtMs, scheduledAtMs, attempt, wasPending } = run;
    const isPlanned = isScheduled(run) && attempt === 1 && !wasPending && !paused.has(run.jobId);
    if (spec === undefined || claimedAtMs === null || !isPlanned) return [];
    const lateMs = claimedAtMs - scheduledAtMs;
    const isHeldUp = isDisturbed(history, history.instances.get(run.instanceId ?? ''), claimedAtMs);
    if (lateMs <= graceMsOf(spec) + (isHeldUp ? REFUSED_AFTER_MS : UNDER_WAY_MS)) return [];
    const what = `${run.jobId}@${iso(scheduledAtMs)} was claimed ${Math.round(lateMs)} ms late, and its grace is ${graceMsOf(spec)} ms`;
    return [{ rule: 'within its grace', what, evidence: run }];
  });
  const tooEarly = history.events.flatMap((event): Violation[] => {
    const spec = specs.get(event.jobId ?? '');
    const isForLateness =
      event.type === 'occurrence.misfired' &&
      /^(later than the grace of \d+ ms|misfire policy is skip)$/.test(event.reason ?? '');
    if (spec === undefined || !isForLateness) return [];
    const lateMs = event.atMs - latest(event);
    if (lateMs >= graceMsOf({ ...spec, jitterMs: 0 }) - CLOCK_MS) return [];
    const what = `${event.jobId}@${iso(latest(event))} was dropped as too late after ${Math.round(lateMs)} ms, and its grace is ${graceMsOf(spec)} ms`;
    return [{ rule: 'within its grace', what, evidence: event }];
  });
  return [...tooLate, ...tooEarly];
};

/** How late an occurrence may be and still be run. */
function graceMsOf({ misfirePolicy, misfireGraceMs, jitterMs }: JobExpectation['spec']): number {
  const byPolicy = misfirePolicy === 'skip' ? MISFIRE_THRESHOLD_MS : DEFAULT_GRACE_MS;
  return Math.max(misfireGraceMs ?? byPolicy, MISFIRE_THRESHOLD_MS) + jitterMs;
}

function isScheduled({ trigger }: Occurrence): boolean {
  return trigger === 'schedule' || trigger === 'catchUp';
}

function earliest({ fromMs, scheduledAtMs }: EventRecord): number {
  return fromMs ?? scheduledAtMs ?? Number.POSITIVE_INFINITY;
}

function latest({ toMs, scheduledAtMs }: EventRecord): number {
  return toMs ?? scheduledAtMs ?? Number.NEGATIVE_INFINITY;
}

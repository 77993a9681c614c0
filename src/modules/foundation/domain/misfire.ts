/**
 * What becomes of a due cursor: which occurrence is run, which are not and why, and where the cursor goes.
 *
 * An occurrence is misfired when nothing claimed it within 10 s of its time. `once` runs the latest of those missed
 * inside the grace and records the others; `skip` runs none; `all` runs each, oldest first, one a claim, at most
 * `catchUpLimit`. What is not run is always named: a count, an interval and a reason. Nothing here walks the
 * occurrences that were missed.
 */
import type { RunnableConfig } from './job-config.ts';
import { jitterOf } from './jitter.ts';
import { nextFire } from './next-fire.ts';
import type { RunTrigger } from './run.ts';
import type { Schedule } from './schedule.ts';

export const MISFIRE_THRESHOLD_MS = 10_000;
export const DEFAULT_GRACE_MS = 86_400_000;

/** Occurrences that are not run. Instants in milliseconds since 1970, both ends included. */
export interface Missed {
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** Left out: they were missed. */
  readonly cause?: 'paused';
}

export interface FirePlan {
  /** Where the cursor goes; null: exhausted. May lie in the past: then the next claim follows at once. */
  readonly nextFireAt: number | null;
  readonly run: { readonly scheduledAt: number; readonly trigger: RunTrigger } | null;
  readonly missed: Missed | null;
}

/**
 * A job whose cursor is due, within its start and end: an edit of either unarms the cursor. `dueAt` is what the cursor says, `now`
 * the database's clock; milliseconds since 1970.
 */
export interface Due {
  readonly config: RunnableConfig;
  readonly schedule: Schedule;
  readonly dueAt: number;
  readonly now: number;
}

/** Decides for one due cursor. Pure: the same due gives the same plan on every replica. */
export function planFire(due: Due): FirePlan {
  const { config, schedule, dueAt, now } = due;
  const resumedAt = endOfPause(due);
  if (resumedAt !== null) return dropPaused(due, resumedAt);
  if (now - dueAt <= onTimeMs(due)) {
    return {
      nextFireAt: nextFire(config, schedule, dueAt),
      run: { scheduledAt: dueAt, trigger: 'schedule' },
      missed: null,
    };
  }
  if (config.misfirePolicy === 'skip') return skipMissed(due);
  return config.misfirePolicy === 'once' ? runLatest(due) : runEach(due);
}

/** When the pause ended that the due occurrence fell into; null: into none that is over. */
function endOfPause({ config, dueAt, now }: Due): number | null {
  const until = config.pausedAt === null ? null : (config.pausedUntil?.getTime() ?? null);
  return until !== null && until <= now && dueAt < until ? until : null;
}

/** Nobody missed them: somebody wanted them not to run. What comes after the pause is judged by itself. */
function dropPaused(due: Due, resumedAt: number): FirePlan {
  const last = lastWithin(due, resumedAt - 1) ?? due.dueAt;
  return {
    nextFireAt: nextFire(due.config, due.schedule, resumedAt - 1),
    run: null,
    missed: { ...missedBetween(due, due.dueAt, last, 'paused'), cause: 'paused' },
  };
}

/**
 * How late a claim may be and still be on time; a shorter grace than the threshold would skip what nobody missed, and a start
 * that the job's own jitter delayed is not late.
 */
function onTimeMs(due: Due): number {
  const { config, dueAt } = due;
  const graceMs = config.misfirePolicy === 'skip' ? (config.misfireGraceMs ?? 0) : 0;
  const onTime = Math.max(graceMs, MISFIRE_THRESHOLD_MS);
  return config.jitterMs === 0 ? onTime : onTime + jitterAt(due, dueAt);
}

/** How late a missed occurrence may be and still be run. */
function graceMsOf(config: RunnableConfig): number {
  return Math.max(config.misfireGraceMs ?? DEFAULT_GRACE_MS, MISFIRE_THRESHOLD_MS);
}

function skipMissed(due: Due): FirePlan {
  const resumeAfter = due.now - onTimeMs(due) - 1;
  return {
    nextFireAt: nextFire(due.config, due.schedule, resumeAfter),
    run: null,
    missed: missedBetween(due, due.dueAt, lastWithin(due, resumeAfter) ?? due.dueAt, 'misfire policy is skip'),
  };
}

function runLatest(due: Due): FirePlan {
  const { config, schedule, dueAt, now } = due;
  const latest = lastDue(due);
  const nextFireAt = nextFire(config, schedule, latest);
  const graceMs = graceMsOf(config);
  if (latest < now - graceMs) {
    return {
      nextFireAt,
      run: null,
      missed: missedBetween(due, dueAt, latest, `later than the grace of ${graceMs} ms`),
    };
  }
  const before = latest > dueAt ? schedule.previous(latest) : null;
  const missed = before === null ? null : missedBetween(due, dueAt, before, coalescedReason(due, graceMs));
  return { nextFireAt, run: { scheduledAt: latest, trigger: triggerOf(latest, now) }, missed };
}

function runEach(due: Due): FirePlan {
  const { config, schedule, dueAt, now } = due;
  const graceMs = graceMsOf(config);
  const to = lastDue(due);
  const first = firstKept(due, Math.max(dueAt, now - graceMs), to);
  const reason = cutReason(due, graceMs, to);
  if (first === null) {
    return { nextFireAt: nextFire(config, schedule, to), run: null, missed: missedBetween(due, dueAt, to, reason) };
  }
  const before = first > dueAt ? schedule.previous(first) : null;
  return {
    nextFireAt: nextFire(config, schedule, first),
    run: { scheduledAt: first, trigger: triggerOf(first, now) },
    missed: before === null ? null : missedBetween(due, dueAt, before, reason),
  };
}

/** The oldest of the last `catchUpLimit` occurrences in [from, to]; they are listed only where the limit cuts. */
function firstKept({ config, schedule }: Due, from: number, to: number): number | null {
  const first = schedule.next(from - 1);
  if (first === null || first > to || config.catchUpLimit === 0) return null;
  if (schedule.count(from - 1, to) <= config.catchUpLimit) return first;
  return schedule.last(config.catchUpLimit, from - 1, to)[0] ?? null;
}

function coalescedReason({ schedule, dueAt, now }: Due, graceMs: number): string {
  const older = schedule.count(dueAt - 1, now - graceMs - 1);
  const alsoOlder = older === 0 ? '' : `; ${older} of them later than the grace of ${graceMs} ms`;
  return `coalesced into one run (misfire policy is once)${alsoOlder}`;
}

/** Which of the two cuts left some out: the grace, the limit, or both. */
function cutReason({ config, schedule, dueAt, now }: Due, graceMs: number, to: number): string {
  const from = Math.max(dueAt, now - graceMs);
  const isLate = schedule.count(dueAt - 1, from - 1) > 0;
  const isMany = schedule.count(from - 1, to) > config.catchUpLimit;
  const cuts = [
    ...(isLate ? [`later than the grace of ${graceMs} ms`] : []),
    ...(isMany ? [`beyond the catch-up limit of ${config.catchUpLimit}`] : []),
  ];
  return cuts.length === 0 ? 'the cursor stood off the schedule' : cuts.join(', or ');
}

function triggerOf(scheduledAt: number, now: number): RunTrigger {
  return now - scheduledAt <= MISFIRE_THRESHOLD_MS ? 'schedule' : 'catchUp';
}

/** The last occurrence at or before an instant that still lies within the job's end. */
function lastWithin(due: Due, atOrBefore: number): number | null {
  const end = due.config.endAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const last = due.schedule.previous(Math.min(atOrBefore, end) + 1);
  return last === null || last < due.dueAt ? null : last;
}

/** The last that is due: one whose own jitter has not passed is still to come. Jitter ends before the next occurrence. */
function lastDue(due: Due): number {
  const { config, dueAt, now } = due;
  const last = lastWithin(due, now) ?? dueAt;
  if (config.jitterMs === 0 || last === dueAt) return last;
  return last + jitterAt(due, last) <= now ? last : (lastWithin(due, last - 1) ?? dueAt);
}

/** How much later than its nominal time an occurrence starts, in milliseconds. */
function jitterAt({ config, schedule }: Due, scheduledAt: number): number {
  const nextAt = nextFire(config, schedule, scheduledAt);
  return jitterOf({ jobId: config.jobId, scheduledAt, nextAt }, config.jitterMs);
}

/** A cursor that SQL moved off the schedule is itself the one that is missed. */
function missedBetween(due: Due, from: number, to: number, reason: string): Missed {
  return { count: Math.max(1, due.schedule.count(from - 1, to)), from, to: Math.max(from, to), reason };
}

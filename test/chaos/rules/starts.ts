/** How often a job's function was called: at most once an attempt, and never more attempts than are allowed. */
import { jitterOf } from '../../../src/modules/foundation/domain/jitter.ts';
import { nextFire, scheduleOf } from '../../../src/modules/foundation/domain/next-fire.ts';
import { configOf } from '../expected-occurrences.ts';
import { groupBy, type JobExpectation, type Rule } from '../history.ts';
import type { LedgerLine } from '../ledger-line.ts';
import { type Unseen, unseenStarts } from './unseen.ts';

/** At most one start per (job, occurrence, attempt); of what runs without the database, one an instance that was cut off. */
export const oneStartPerAttempt: Rule = (history) => {
  const unseen = unseenStarts(history);
  const starts = history.ledger.filter((line) => line.event === 'start');
  const groups = groupBy(starts, (line) => `${line.jobId}@${line.scheduledAt}#${line.attempt}`);
  return [...groups]
    .filter(([, lines]) => lines.length > 1 && !isOnceAnInstance(unseen, lines))
    .map(([key, lines]) => ({
      rule: 'one start per attempt',
      what: `${key} started ${lines.length} times`,
      evidence: lines,
    }));
};

/** All but one of them were started where the database could not be asked. */
function isOnceAnInstance(unseen: Unseen, lines: readonly LedgerLine[]): boolean {
  const seen = lines.filter((line) => !unseen.isExcused(line));
  return seen.length <= 1 && new Set(lines.map(({ instance }) => instance)).size === lines.length;
}

/** The database and the ledgers have one machine's clock. */
const EARLY_MS = 50;

/** No occurrence starts before it is due, with the database or without, or before its jitter has passed. */
export const noneBeforeItsTime: Rule = (history) => {
  const jittered = new Map(history.jobs.filter(({ spec }) => spec.jitterMs > 0).map((job) => [job.jobId, job]));
  const scheduled = new Set(history.executions.filter(({ trigger }) => trigger === 'schedule').map(({ id }) => id));
  const earlyMs = ({ jobId, scheduledAt, executionId, atMs }: LedgerLine): number => {
    const job = scheduled.has(executionId) ? jittered.get(jobId) : undefined;
    const dueAtMs = Date.parse(scheduledAt);
    const jitterMs = job === undefined ? 0 : delayOf(job, dueAtMs);
    return dueAtMs + jitterMs - EARLY_MS - atMs;
  };
  return history.ledger
    .filter((line) => line.event === 'start' && earlyMs(line) > 0)
    .map((line) => ({
      rule: 'none before its time',
      what: `${line.jobId}@${line.scheduledAt} started ${Math.round(earlyMs(line))} ms earlier than a clock may be off`,
      evidence: line,
    }));
};

/** Until its next occurrence at most. */
function delayOf({ jobId, spec }: JobExpectation, scheduledAt: number): number {
  const config = configOf(spec, new Date(0));
  return jitterOf({ jobId, scheduledAt, nextAt: nextFire(config, scheduleOf(config), scheduledAt) }, spec.jitterMs);
}

/** Starts of an occurrence never exceed its allowed attempts. */
export const attemptsWithinLimit: Rule = (history) => {
  const { ledger, executions } = history;
  const unseen = unseenStarts(history);
  const starts = ledger.filter((line) => line.event === 'start');
  const allowed = new Map(executions.map((run) => [run.id, run.maxAttempts]));
  const groups = groupBy(starts, (line) => `${line.jobId}@${line.scheduledAt}`);
  return [...groups]
    .flatMap(([key, all]) => attemptGroups(unseen, key, all))
    .flatMap(([key, lines]) => {
      const known = lines.map((line) => allowed.get(line.executionId)).filter((max) => max !== undefined);
      const limit = Math.max(1, ...known);
      const highest = Math.max(...lines.map((line) => line.attempt));
      if (lines.length <= limit && highest <= limit) return [];
      const what = `${key} started ${lines.length} times, attempt ${highest} the highest, and ${limit} are allowed`;
      return [{ rule: 'attempts within the limit', what, evidence: lines }];
    });
};

/** Those of an instance by themselves, where the database may not have known of some. */
function attemptGroups(unseen: Unseen, key: string, lines: readonly LedgerLine[]): [string, readonly LedgerLine[]][] {
  if (lines.length === 1 || !lines.some((line) => unseen.isExcused(line))) return [[key, lines]];
  return [...groupBy(lines, ({ instance }) => instance)].map(([instance, own]) => [`${key} on ${instance}`, own]);
}

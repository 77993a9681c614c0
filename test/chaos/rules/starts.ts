/** How often a job's function was called: at most once an attempt, and never more attempts than are allowed. */
import { groupBy, type Rule } from '../history.ts';

/** At most one start per (job, occurrence, attempt). */
export const oneStartPerAttempt: Rule = ({ ledger }) => {
  const starts = ledger.filter((line) => line.event === 'start');
  const groups = groupBy(starts, (line) => `${line.jobId}@${line.scheduledAt}#${line.attempt}`);
  return [...groups]
    .filter(([, lines]) => lines.length > 1)
    .map(([key, lines]) => ({
      rule: 'one start per attempt',
      what: `${key} started ${lines.length} times`,
      evidence: lines,
    }));
};

/** The database and the ledgers have one machine's clock; a replica knows it by its answers. */
const EARLY_MS = 50;

/** No occurrence starts before it is due. */
export const noneBeforeItsTime: Rule = ({ ledger }) =>
  ledger
    .filter(({ event, scheduledAt, atMs }) => event === 'start' && atMs < Date.parse(scheduledAt) - EARLY_MS)
    .map((line) => ({
      rule: 'none before its time',
      what: `${line.jobId}@${line.scheduledAt} started ${Math.round(Date.parse(line.scheduledAt) - line.atMs)} ms early`,
      evidence: line,
    }));

/** Starts of an occurrence never exceed its allowed attempts. */
export const attemptsWithinLimit: Rule = ({ ledger, executions }) => {
  const starts = ledger.filter((line) => line.event === 'start');
  const allowed = new Map(executions.map((run) => [run.id, run.maxAttempts]));
  const groups = groupBy(starts, (line) => `${line.jobId}@${line.scheduledAt}`);
  return [...groups].flatMap(([key, lines]) => {
    const known = lines.map((line) => allowed.get(line.executionId)).filter((max) => max !== undefined);
    const limit = Math.max(1, ...known);
    const highest = Math.max(...lines.map((line) => line.attempt));
    if (lines.length <= limit && highest <= limit) return [];
    const what = `${key} started ${lines.length} times, attempt ${highest} the highest, and ${limit} are allowed`;
    return [{ rule: 'attempts within the limit', what, evidence: lines }];
  });
};

/** What was answered with 2xx is so: edits stand in the database, triggered runs were run. */
import { type EditRecord, groupBy, type Rule } from '../history.ts';

/** An edit without an answer may have been under way for this long. */
const UNDER_WAY_MS = 15_000;

/** The last acknowledged value stands, or one that was asked for at the same time or later without an answer. */
export const editsStand: Rule = ({ edits, finalValues }) =>
  [...groupBy(edits, ({ jobId }) => jobId)].flatMap(([jobId, all]) => {
    const last = all.findLast(({ isAcknowledged }) => isAcknowledged);
    if (last === undefined) return [];
    const value = finalValues.get(jobId);
    const isExplained = value === last.value || all.some((edit) => edit.value === value && mayFollow(edit, last));
    if (isExplained) return [];
    const what = `${jobId}: '${last.value}' was acknowledged, and the database has '${value ?? 'no row'}'`;
    return [{ rule: 'no acknowledged change lost', what, evidence: all.slice(-5) }];
  });

/** Every acknowledged trigger has led to a run. */
export const triggersRan: Rule = ({ triggers, executions, pending }) => {
  const waiting = new Set(pending.map(({ id }) => id));
  const ended = new Set(executions.filter(({ status }) => status !== 'RUNNING').map(({ id }) => id));
  return triggers
    .filter(({ executionId }) => !ended.has(executionId))
    .map((trigger) => ({
      rule: 'no acknowledged change lost',
      what: `${trigger.jobId}: a run that was triggered ${waiting.has(trigger.executionId) ? 'still waits' : 'is gone'}`,
      evidence: trigger,
    }));
};

function mayFollow(edit: EditRecord, last: EditRecord): boolean {
  return !edit.isAcknowledged && edit.answeredAtMs + UNDER_WAY_MS >= last.askedAtMs;
}

/**
 * An edit that was acknowledged takes effect: what is claimed afterwards has its arguments, and what is due is due by its
 * schedule. What is due up to the edit's own instant is the old schedule's.
 */
import { type ExecutionRecord, groupBy, type History, iso, type Rule, type Violation } from '../history.ts';
import { configOf, occurrencesOf } from '../expected-occurrences.ts';
import { inForce, type InForce } from '../job-version.ts';

/** A claim is written a little after the instant that it names. */
const CLAIMING_MS = 1_000;
const RULE = 'an acknowledged edit takes effect';

export const editsTakeEffect: Rule = (history) => {
  const runsOf = groupBy(history.executions.filter(isClaimedBySchedule), ({ jobId }) => jobId);
  return [...groupBy(history.versions, ({ jobId }) => jobId)].flatMap(([jobId, versions]) => {
    const spans = inForce(versions);
    return (runsOf.get(jobId) ?? []).flatMap((run) => [
      ...wrongArguments(run, spans),
      ...unscheduled(run, spans, history),
    ]);
  });
};

/** Its arguments are those of the job as it was claimed; what waited has them from before. */
function isClaimedBySchedule({ trigger, wasPending, attempt }: ExecutionRecord): boolean {
  return (trigger === 'schedule' || trigger === 'catchUp') && !wasPending && attempt === 1;
}

function wrongArguments(run: ExecutionRecord, spans: readonly InForce[]): Violation[] {
  const claimedAtMs = run.claimedAtMs ?? run.startedAtMs;
  const possible = spans.filter(
    ({ mayBe: [fromMs, toMs] }) => fromMs <= claimedAtMs + CLAIMING_MS && claimedAtMs - CLAIMING_MS < toMs,
  );
  if (possible.some(({ version }) => version.version === run.version)) return [];
  const expected = possible.map(({ version }) => version.version).join(' or ');
  const what = `${run.jobId}@${iso(run.scheduledAtMs)} was claimed at ${iso(claimedAtMs)} with the arguments of version ${run.version}, and ${expected} was in force`;
  return [{ rule: RULE, what, evidence: run }];
}

function unscheduled(run: ExecutionRecord, spans: readonly InForce[], { jobs }: History): Violation[] {
  const { jobId, scheduledAtMs } = run;
  const spec = jobs.find((job) => job.jobId === jobId)?.spec;
  if (spec === undefined) return [];
  const possible = spans.filter(({ mayBe: [fromMs, toMs] }) => fromMs <= scheduledAtMs && scheduledAtMs <= toMs);
  const isDue = possible.some(
    ({ version: { enabled, cronExpression } }) =>
      enabled &&
      occurrencesOf(configOf({ ...spec, cronExpression }, new Date(0)), scheduledAtMs, scheduledAtMs).length > 0,
  );
  if (isDue) return [];
  const schedules = possible.map(({ version }) => (version.enabled ? version.cronExpression : 'disabled')).join(' or ');
  return [{ rule: RULE, what: `${jobId}@${iso(scheduledAtMs)} ran, and its schedule was ${schedules}`, evidence: run }];
}

/** Who recorded what: only the newest holder of a run finishes it, and what is recorded is what happened. */
import { type ExecutionRecord, type History, iso, type Rule, type Violation } from '../history.ts';
import { isBroken, isDisturbed } from './disturbed.ts';
import { type Unseen, unseenStarts } from './unseen.ts';

/** A run that never stays RUNNING: the lease, the rescuer's beat, and the longest run of the suite. */
const OLDEST_RUNNING_MS = 15_000 + 10_000;
const TOLERANCE_MS = 400;
/** How soon after the last fault every replica works again. */
const SETTLED_MS = 8_000;

/** What was told to be lost stays lost. */
export const lostStaysLost: Rule = ({ events, executions }) => {
  const runs = new Map(executions.map((run) => [run.id, run]));
  return events.flatMap((event) => {
    if (event.type !== 'run.lost' || event.executionId === null) return [];
    const run = runs.get(event.executionId);
    if (run?.status === 'FAILED' && run.failureReason === 'LOST') return [];
    const what = `${event.jobId}: a run that was lost is now ${run?.status ?? 'gone'} ${run?.failureReason ?? ''}`;
    return [{ rule: 'only the newest holder finishes', what, evidence: { event, run } }];
  });
};

/** A run is recorded by the instance that ran it, and is not started after it was given up. */
export const ownInstanceRecords: Rule = (history) => {
  const runs = new Map(history.executions.map((run) => [run.id, run]));
  const unrecorded = new Set(history.events.filter(({ type }) => type === 'run.unrecorded').map((e) => e.executionId));
  const starts = history.ledger.filter(({ event }) => event === 'start');
  const unseen = unseenStarts(history);
  return starts.flatMap((line): Violation[] => {
    const run = runs.get(line.executionId);
    const rule = 'only the newest holder finishes';
    if (run === undefined && unrecorded.has(line.executionId)) return [];
    if (run === undefined) return isForgotten(history, line, unseen) ? [] : [missingRecord(line)];
    const holder = history.instances.get(run.instanceId ?? '');
    if (holder !== line.instance) {
      const what = `${line.jobId}: ran on ${line.instance}, and its record names ${holder ?? run.instanceId}`;
      return [{ rule, what, evidence: { line, run } }];
    }
    const lostAtMs = run.failureReason === 'LOST' ? run.finishedAtMs : null;
    if (lostAtMs === null || line.atMs <= lostAtMs + TOLERANCE_MS) return [];
    const what = `${line.jobId}: started ${Math.round(line.atMs - lostAtMs)} ms after it had been recorded as lost`;
    return [{ rule: 'no start after the lease', what, evidence: { line, run } }];
  });
};

/** Where every replica is healthy, a run is lost only with its process. */
export const nothingLostInQuiet: Rule = (history) =>
  history.executions.flatMap((run) => {
    const isInQuiet = run.failureReason === 'LOST' && run.startedAtMs > history.quietFromMs + SETTLED_MS;
    if (!isInQuiet || diedBeforeRecording(history, history.instances.get(run.instanceId ?? ''))) return [];
    const what = `${run.jobId}: lost although its replica lived and reached the database`;
    return [{ rule: 'nothing lost without a cause', what, evidence: run }];
  });

/** Who is told to end keeps its lease while it drains, however long that is, and gives no run up unrecorded. */
export const nothingLostInDrain: Rule = (history) => {
  const drained = new Map(history.incarnations.filter(({ isDrained }) => isDrained).map((each) => [each.name, each]));
  return history.executions.flatMap((run) => {
    const replica = drained.get(history.instances.get(run.instanceId ?? '') ?? '');
    const { toldToEndAtMs = null, endedAtMs: toMs = null, name = '' } = replica ?? {};
    if (run.failureReason !== 'LOST' || toldToEndAtMs === null || toMs === null) return [];
    if ((run.finishedAtMs ?? 0) < toldToEndAtMs) return [];
    if (isBroken(history, name, { fromMs: run.startedAtMs, toMs })) return [];
    const what = `${run.jobId}: lost although nothing was done to its replica but that it was told to end`;
    return [{ rule: 'nothing lost in a drain', what, evidence: run }];
  });
};

/** A success comes from a run that happened, on the replica that its result names. */
export const successesHappened: Rule = ({ executions, ledger, jobs, instances }) => {
  const ledgered = new Set(jobs.filter(({ isLedgered }) => isLedgered).map(({ jobId }) => jobId));
  const started = new Set(ledger.filter(({ event }) => event === 'start').map((line) => line.executionId));
  return executions.flatMap((run) => {
    if (run.status !== 'SUCCESS' || !ledgered.has(run.jobId)) return [];
    const holder = instances.get(run.instanceId ?? '');
    const isForeign = run.resultFrom !== null && run.resultFrom !== holder;
    if (started.has(run.id) && !isForeign) return [];
    const what = isForeign
      ? `${run.jobId}: the result comes from ${run.resultFrom}, and the record names ${holder ?? run.instanceId}`
      : `${run.jobId}@${iso(run.scheduledAtMs)} is recorded as SUCCESS and never ran`;
    return [{ rule: 'a success has happened', what, evidence: run }];
  });
};

/** After the quiet period nothing is RUNNING that is older than lease and grace; after the drain nothing at all. */
export const nothingStaysRunning: Rule = ({ executions, runningInQuiet, incarnations, instances, quietToMs }) => {
  const old = runningInQuiet.filter(({ ageMs }) => ageMs > OLDEST_RUNNING_MS);
  // One that a job made exit just before the drain leaves runs that nobody may take from it yet.
  const diedLate = ({ endedAtMs, isDrained }: History['incarnations'][number]): boolean =>
    !isDrained && endedAtMs !== null && endedAtMs > quietToMs - OLDEST_RUNNING_MS;
  const late = new Set(incarnations.filter(diedLate).map(({ name }) => name));
  const left = executions.filter(
    (run) => run.status === 'RUNNING' && !late.has(instances.get(run.instanceId ?? '') ?? ''),
  );
  return [
    ...old.map((run) => stuck(`${run.jobId} has been RUNNING for ${Math.round(run.ageMs)} ms`, run)),
    ...left.map((run) => stuck(`${run.jobId} is RUNNING although every replica has drained and ended`, run)),
  ];
};

function stuck(what: string, evidence: ExecutionRecord | History['runningInQuiet'][number]): Violation {
  return { rule: 'nothing stays RUNNING', what, evidence };
}

/** What ran without the database, and died with the process that would have written it. */
function diedBeforeRecording({ incarnations }: History, instance: string | undefined): boolean {
  return incarnations.some(({ name, isDrained }) => name === instance && !isDrained);
}

/** What ran without the database, and whose process ended, drained or not, before it was there again. */
function isForgotten(history: History, line: History['ledger'][number], unseen: Unseen): boolean {
  const { instance } = line;
  if (!unseen.mayBe(line)) return false;
  if (diedBeforeRecording(history, instance)) return true;
  const endedAtMs = history.incarnations.find(({ name }) => name === instance)?.endedAtMs ?? null;
  return endedAtMs !== null && isDisturbed(history, instance, endedAtMs);
}

function missingRecord(line: History['ledger'][number]): Violation {
  const what = `${line.jobId}@${line.scheduledAt} ran on ${line.instance} and has no record`;
  return { rule: 'every run has a record', what, evidence: line };
}

/** What is pruned is what is older than is kept, and once a pruning has come to its end in peace, all of that. */
import { handlerOf } from '../../../src/modules/foundation/domain/job-config.ts';
import type { ExecutionRecord, History, Rule, Violation } from '../history.ts';

export const PRUNER = 'maintenance.prune-history';
const RULE = 'pruned to the watermark';

export const prunedToTheWatermark: Rule = (history) => {
  const { within, outside } = history.past;
  const broken: Violation[] = [];
  const told = (what: string): void => void broken.push({ rule: RULE, what, evidence: history.past });
  if (within.left !== within.inserted) {
    told(`of ${within.inserted} executions that are to be kept ${within.inserted - within.left} are gone`);
  }
  const runs = prunings(history);
  if (outside.left > 0 && runs.some((run) => isInPeace(run, history))) {
    told(
      `of ${outside.inserted} executions that are too old ${outside.left} are left, and a pruning has come to its end`,
    );
  } else if (outside.inserted > 0 && outside.left === outside.inserted && runs.some(isSuccess)) {
    told(`none of ${outside.inserted} executions that are too old was pruned, in ${runs.length} runs`);
  }
  return broken;
};

/** Runs of the job that prunes. */
export function prunings({ executions, jobs }: Pick<History, 'executions' | 'jobs'>): ExecutionRecord[] {
  const pruning = new Set(jobs.filter(({ spec }) => handlerOf(spec) === PRUNER).map(({ jobId }) => jobId));
  return executions.filter(({ jobId }) => pruning.has(jobId));
}

/** One that is told to stop ends well, with what it has come to. */
function isInPeace(run: ExecutionRecord, { quietFromMs, quietToMs }: History): boolean {
  return isSuccess(run) && run.startedAtMs > quietFromMs && (run.finishedAtMs ?? Number.POSITIVE_INFINITY) < quietToMs;
}

function isSuccess({ status }: ExecutionRecord): boolean {
  return status === 'SUCCESS';
}

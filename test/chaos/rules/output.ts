/** What a run said is kept as it was said: without a gap, and all of it where the run ended well and in peace. */
import { handlerOf } from '../../../src/modules/foundation/domain/job-config.ts';
import { iso, type Rule, type Violation } from '../history.ts';
import { isDisturbed } from './disturbed.ts';

/** @param said how many lines a run of `handler` says, the last of them with a progress of 1 */
export function outputIsWhole({ handler, said }: { handler: string; said: number }): Rule {
  return (history) => {
    const { executions, jobs, instances } = history;
    const talkative = new Set(jobs.filter(({ spec }) => handlerOf(spec) === handler).map(({ jobId }) => jobId));
    return executions.flatMap((run): Violation[] => {
      const rule = 'what was said is kept';
      const name = `${run.jobId}@${iso(run.scheduledAtMs)}`;
      if (run.lines !== run.lastLine) {
        return [
          { rule, what: `${name} has ${run.lines} lines, the last of them is line ${run.lastLine}`, evidence: run },
        ];
      }
      const isInPeace = !isDisturbed(history, instances.get(run.instanceId ?? ''), run.finishedAtMs ?? 0);
      const isExpected = talkative.has(run.jobId) && run.status === 'SUCCESS' && isInPeace;
      if (!isExpected || (run.lines === said && run.progress === 1)) return [];
      const what = `${name} ended well, and of ${said} lines there are ${run.lines}, of its progress ${run.progress}`;
      return [{ rule, what, evidence: run }];
    });
  };
}

/**
 * Waits for a run to end, and shows how it goes. Invariant: it ends when the run has ended, whether the service tells it or
 * has to be asked.
 */
import type { ExecutionDetailJson } from '../connection/answers.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { outcomeText } from '../output/run-lines.ts';
import { ProgressLine } from '../output/progress-line.ts';

const ASK_AGAIN_MS = 500;

export async function followRun(context: CommandContext, id: string): Promise<ExitStatus> {
  const { routes } = await context.api();
  const progress = new ProgressLine(process.stderr);
  for (;;) {
    const run = await bodyOf(routes.admin.executions[':id'].$get({ param: { id } }));
    if (run.status !== 'RUNNING') {
      progress.clear();
      return tellOutcome(context, run);
    }
    if (!context.isJson) progress.show(run);
    await new Promise((resolve) => {
      setTimeout(resolve, ASK_AGAIN_MS);
    });
  }
}

function tellOutcome(context: CommandContext, run: ExecutionDetailJson): ExitStatus {
  if (context.isJson) printJson(context, run);
  else context.print(`${run.id}  ${outcomeText(run)}`);
  return run.status === 'SUCCESS' ? EXIT.ok : EXIT.runFailed;
}

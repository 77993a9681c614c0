/** `carillon runs cancel` and `retry`. */
import { executionDetailSchema } from '../../modules/foundation/interface/http/contracts/execution.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import type { ExitStatus } from '../exit-status.ts';
import { statusText } from '../output/run-lines.ts';
import { followRun } from './follow-run.ts';

export async function cancelRun(context: CommandContext, id: string, json: { reason?: string }): Promise<void> {
  const { routes } = await context.api();
  const run = await bodyOf(executionDetailSchema, routes.admin.executions[':id'].cancel.$post({ param: { id }, json }));
  if (context.isJson) printJson(context, run);
  else context.print(`${run.id}  ${statusText(run)}  told to stop`);
}

export async function retryRun(
  context: CommandContext,
  id: string,
  { follow, ...json }: { follow?: boolean; reason?: string },
): Promise<ExitStatus | void> {
  const { routes } = await context.api();
  const run = await bodyOf(executionDetailSchema, routes.admin.executions[':id'].retry.$post({ param: { id }, json }));
  if (follow === true) return followRun(context, run.id);
  if (context.isJson) printJson(context, run);
  else context.print(`${run.id}  ${statusText(run)}  attempt ${run.attempt}`);
}

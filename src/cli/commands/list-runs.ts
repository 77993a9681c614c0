/** `carillon runs list` and `show`. */
import {
  executionPageSchema,
  executionReportSchema,
} from '../../modules/foundation/interface/http/contracts/execution.ts';
import type { RunStatus, RunTrigger } from '../../modules/foundation/domain/run.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import { readPages } from '../connection/pages.ts';
import { machineZone } from '../output/instants.ts';
import { runDetail, runTable } from '../output/run-lines.ts';
import { readSpan } from '../read-instant.ts';
import type { ListOptions } from '../syntax/list-flags.ts';

export interface RunListOptions extends ListOptions {
  readonly job?: string;
  readonly status?: RunStatus;
  readonly trigger?: RunTrigger;
  readonly from?: string;
  readonly to?: string;
}

export async function listRuns(context: CommandContext, options: RunListOptions): Promise<void> {
  const { job, limit: _limit, all: _all, ...filters } = options;
  const { routes } = await context.api();
  const query = { ...filters, ...readSpan(options, machineZone()), ...(job === undefined ? {} : { jobId: job }) };
  const page = await readPages(options, (at) =>
    bodyOf(executionPageSchema, routes.admin.executions.$get({ query: { ...query, ...at } })),
  );
  if (context.isJson) return printJson(context, page);
  if (page.items.length === 0) context.remark('There is no such run.');
  else context.print(runTable(page.items, machineZone()));
  if (page.nextCursor !== null) context.remark('There are more: say --all, or filter.');
}

export async function showRun(context: CommandContext, id: string): Promise<void> {
  const { routes } = await context.api();
  const run = await bodyOf(executionReportSchema, routes.admin.executions[':id'].$get({ param: { id } }));
  if (context.isJson) printJson(context, run);
  else context.print(runDetail(run, machineZone()));
}

/** `carillon jobs trigger`. Invariant: one order is one run, also where its answer is lost and it is sent again. */
import type { InferRequestType, InferResponseType } from 'hono/client';
import { executionDetailSchema } from '../../modules/foundation/interface/http/contracts/execution.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { CommandFault } from '../command-fault.ts';
import { statusText } from '../output/run-lines.ts';
import { followRun } from './follow-run.ts';

type TriggerRoute = Api['routes']['admin']['jobs'][':jobId']['trigger'];
type Order = InferRequestType<TriggerRoute['$post']>['json'];
type OrderedRun = InferResponseType<TriggerRoute['$post'], 202>;

export interface TriggerOptions {
  readonly follow?: boolean;
  readonly kwargs?: Record<string, unknown>;
  readonly reason?: string;
}

export async function triggerJob(
  context: CommandContext,
  jobId: string,
  { follow, kwargs, reason }: TriggerOptions,
): Promise<ExitStatus | void> {
  const api = await context.api();
  const json = {
    ...(kwargs === undefined ? {} : { jobKwargs: kwargs }),
    ...(reason === undefined ? {} : { reason }),
  } as Order;
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const order = (): Promise<OrderedRun> =>
    bodyOf(
      executionDetailSchema,
      api.routes.admin.jobs[':jobId'].trigger.$post({ param: { jobId }, json }, { headers: () => headers }),
    );
  const run = await suggestJob(
    api,
    jobId,
    order().catch((error: unknown) => orderAgain(error, order)),
  );
  if (follow === true) return followRun(context, run.id);
  if (context.isJson) printJson(context, run);
  else context.print(`${run.id}  ${statusText(run)}  follow it with: carillon runs logs --follow ${run.id}`);
}

/** Where the answer was lost: the key keeps it one order, whether the first one arrived or not. */
function orderAgain(error: unknown, order: () => Promise<OrderedRun>): Promise<OrderedRun> {
  if (error instanceof CommandFault && error.status === EXIT.away) return order();
  throw error;
}

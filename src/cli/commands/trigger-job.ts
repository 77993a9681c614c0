/** `carillon jobs trigger`. Invariant: one order is one run, also where its answer is lost and it is sent again. */
import type { InferRequestType } from 'hono/client';
import { type CommandContext, printJson } from '../command-context.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import type { ExitStatus } from '../exit-status.ts';
import { statusText } from '../output/run-lines.ts';
import { followRun } from './follow-run.ts';

type Order = InferRequestType<Api['routes']['admin']['jobs'][':jobId']['trigger']['$post']>['json'];

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
  const order = api.routes.admin.jobs[':jobId'].trigger.$post({ param: { jobId }, json }, { headers: () => headers });
  const run = await suggestJob(api, jobId, bodyOf(order));
  if (follow === true) return followRun(context, run.id);
  if (context.isJson) printJson(context, run);
  else context.print(`${run.id}  ${statusText(run)}  follow it with: carillon runs logs --follow ${run.id}`);
}

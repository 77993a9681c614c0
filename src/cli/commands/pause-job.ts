/** `carillon jobs pause` and `resume`. */
import { jobDetailSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import type { CommandContext } from '../command-context.ts';
import type { JobDetailJson } from '../connection/answers.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { readInstant } from '../read-instant.ts';
import { tellJob } from './show-job.ts';

export interface PauseOptions {
  readonly until?: string;
  readonly reason?: string;
}

export async function pauseJob(context: CommandContext, jobId: string, json: PauseOptions): Promise<void> {
  const api = await context.api();
  tellJob(context, await suggestJob(api, jobId, pause(api, jobId, json)));
}

export async function resumeJob(
  context: CommandContext,
  jobId: string,
  json: { readonly catchUp?: boolean },
): Promise<void> {
  const api = await context.api();
  const asked = bodyOf(jobDetailSchema, api.routes.admin.jobs[':jobId'].resume.$post({ param: { jobId }, json }));
  tellJob(context, await suggestJob(api, jobId, asked));
}

/** Until a wall time: on the clock of the job's zone. */
async function pause({ routes }: Api, jobId: string, { until, ...rest }: PauseOptions): Promise<JobDetailJson> {
  const route = routes.admin.jobs[':jobId'];
  if (until === undefined) return bodyOf(jobDetailSchema, route.pause.$post({ param: { jobId }, json: rest }));
  const { timezone } = await bodyOf(jobDetailSchema, route.$get({ param: { jobId } }));
  const json = { ...rest, until: readInstant(until, timezone).toISOString() };
  return bodyOf(jobDetailSchema, route.pause.$post({ param: { jobId }, json }));
}

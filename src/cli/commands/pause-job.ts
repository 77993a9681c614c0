/** `carillon jobs pause` and `resume`. */
import type { CommandContext } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { tellJob } from './show-job.ts';

export async function pauseJob(
  context: CommandContext,
  jobId: string,
  json: { readonly until?: string; readonly reason?: string },
): Promise<void> {
  const api = await context.api();
  const asked = bodyOf(api.routes.admin.jobs[':jobId'].pause.$post({ param: { jobId }, json }));
  tellJob(context, await suggestJob(api, jobId, asked));
}

export async function resumeJob(
  context: CommandContext,
  jobId: string,
  json: { readonly catchUp?: boolean },
): Promise<void> {
  const api = await context.api();
  const asked = bodyOf(api.routes.admin.jobs[':jobId'].resume.$post({ param: { jobId }, json }));
  tellJob(context, await suggestJob(api, jobId, asked));
}

/** `carillon jobs show`. */
import { jobDetailSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import type { JobDetailJson } from '../connection/answers.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { jobDetail } from '../output/job-lines.ts';

export async function showJob(context: CommandContext, jobId: string): Promise<void> {
  const api = await context.api();
  const asked = bodyOf(jobDetailSchema, api.routes.admin.jobs[':jobId'].$get({ param: { jobId } }));
  tellJob(context, await suggestJob(api, jobId, asked));
}

export function tellJob(context: CommandContext, job: JobDetailJson): void {
  if (context.isJson) printJson(context, job);
  else context.print(jobDetail(job, Date.now()));
}

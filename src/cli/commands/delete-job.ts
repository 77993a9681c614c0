/** `carillon jobs delete`. Invariant: nothing is removed without a yes, nor when it has changed since it was shown. */
import { jobDetailSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { problemFault } from '../connection/problem-fault.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { EXIT } from '../exit-status.ts';
import { confirm } from './confirm.ts';

export async function deleteJob(context: CommandContext, jobId: string, { yes }: { yes?: boolean }): Promise<void> {
  const api = await context.api();
  const route = api.routes.admin.jobs[':jobId'];
  const { revision, jobName } = await suggestJob(api, jobId, bodyOf(jobDetailSchema, route.$get({ param: { jobId } })));
  if (yes !== true && !(await confirm(`Delete '${jobId}' (${jobName})? Its history stays.`))) {
    throw new CommandFault(EXIT.refused, 'Nothing was deleted. Say --yes to agree.');
  }
  await removeJob(api, jobId, revision);
  if (context.isJson) printJson(context, { jobId, deleted: true });
  else context.print(`${jobId} is deleted; its history stays.`);
}

/** @throws CommandFault where it is at another revision now */
export async function removeJob({ routes }: Api, jobId: string, revision: number): Promise<void> {
  const headers = { 'if-match': `"${revision}"` };
  const response = await routes.admin.jobs[':jobId'].$delete({ param: { jobId } }, { headers: () => headers });
  if (!response.ok) throw problemFault(response.status, await response.text());
}

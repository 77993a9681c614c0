/** `carillon jobs create` and `edit`. Invariant: nothing is overwritten that this command has not read. */
import type { InferRequestType } from 'hono/client';
import { jobDetailSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { EXIT } from '../exit-status.ts';
import { jobFieldsOf } from '../job-flags.ts';
import { tellJob } from './show-job.ts';

type JobRoute = Api['routes']['admin']['jobs'][':jobId'];
type Draft = InferRequestType<JobRoute['$put']>['json'];
type Patch = InferRequestType<JobRoute['$patch']>['json'];
type Options = Readonly<Record<string, unknown>>;

export async function createJob(context: CommandContext, jobId: string, options: Options): Promise<void> {
  // The service checks them: it knows the fields better than a command line of another version.
  const json = { jobName: jobId, ...jobFieldsOf(options) } as Draft;
  if (json.cronExpression === undefined) throw new CommandFault(EXIT.usage, "When is it to run? Say --cron '<text>'.");
  const { routes } = await context.api();
  const headers = { 'if-none-match': '*' };
  tellJob(
    context,
    await bodyOf(
      jobDetailSchema,
      routes.admin.jobs[':jobId'].$put({ param: { jobId }, json }, { headers: () => headers }),
    ),
  );
}

export async function editJob(context: CommandContext, jobId: string, options: Options): Promise<void> {
  const api = await context.api();
  const route = api.routes.admin.jobs[':jobId'];
  const current = await suggestJob(api, jobId, bodyOf(jobDetailSchema, route.$get({ param: { jobId } })));
  const json = jobFieldsOf(options) as Patch;
  if (Object.keys(json).length === 0) return (await import('./edit-in-editor.ts')).editInEditor(context, current);
  const headers = { 'if-match': `"${current.revision}"` };
  tellJob(context, await bodyOf(jobDetailSchema, route.$patch({ param: { jobId }, json }, { headers: () => headers })));
}

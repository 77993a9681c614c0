/** One change, made on the strength of what was compared: a job that has changed since is left as it is. */
import type { InferRequestType } from 'hono/client';
import { removeJob } from '../commands/delete-job.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import type { JobChange } from './compare-jobs.ts';

type Draft = InferRequestType<Api['routes']['admin']['jobs'][':jobId']['$put']>['json'];

export async function makeChange(api: Api, { action, jobId, revision, declared }: JobChange): Promise<void> {
  if (action === 'keep') return;
  const headers: Record<string, string> =
    revision === null ? { 'if-none-match': '*' } : { 'if-match': `"${revision}"` };
  if (action === 'remove') return removeJob(api, jobId, revision!);
  const json = declared!.fields as Draft;
  await bodyOf(api.routes.admin.jobs[':jobId'].$put({ param: { jobId }, json }, { headers: () => headers }));
}

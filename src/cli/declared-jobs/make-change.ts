/** Changes, made on the strength of what was compared: a job that has changed since is left as it is. */
import type { InferRequestType } from 'hono/client';
import { jobDetailSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import { CommandFault } from '../command-fault.ts';
import { removeJob } from '../commands/delete-job.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import type { WatchedWork } from '../connection/watched-work.ts';
import { EXIT } from '../exit-status.ts';
import type { JobChange } from './compare-jobs.ts';

type Draft = InferRequestType<Api['routes']['admin']['jobs'][':jobId']['$put']>['json'];

export async function makeChange(api: Api, { action, jobId, revision, declared }: JobChange): Promise<void> {
  if (action === 'keep') return;
  const headers: Record<string, string> =
    revision === null ? { 'if-none-match': '*' } : { 'if-match': `"${revision}"` };
  if (action === 'remove') return removeJob(api, jobId, revision!);
  const json = declared!.fields as Draft;
  await bodyOf(
    jobDetailSchema,
    api.routes.admin.jobs[':jobId'].$put({ param: { jobId }, json }, { headers: () => headers }),
  );
}

export interface Outcome {
  /** Those that were to be kept among them. */
  readonly made: readonly JobChange[];
  /** What the service said of the others. */
  readonly refusals: readonly string[];
  /** How many were not made and not refused. */
  readonly left: number;
  /** Why it ended early, but for Ctrl-C. */
  readonly fault: CommandFault | null;
}

/** One that the service refuses keeps none of the others from being made. */
export async function makeAll(api: Api, changes: readonly JobChange[], work: WatchedWork): Promise<Outcome> {
  const made = changes.filter(({ action }) => action === 'keep');
  const wanted = changes.filter(({ action }) => action !== 'keep');
  const refusals: string[] = [];
  const one = async (change: JobChange): Promise<void> => {
    try {
      await makeChange(api, change);
      made.push(change);
    } catch (error) {
      if (!(error instanceof CommandFault) || error.status !== EXIT.refused) throw error;
      refusals.push([`${change.jobId}: ${error.message}`, ...error.details].join('\n'));
    }
  };
  const fault = await work.forEach('jobs made so', wanted, one).then(() => null, asFault);
  return { made, refusals, left: changes.length - made.length - refusals.length, fault };
}

function asFault(error: unknown): CommandFault {
  if (error instanceof CommandFault) return error;
  throw error;
}

/** "Did you mean": the job whose id is nearest to one that does not exist. */
import { jobPageSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import { closestName } from '../../modules/foundation/domain/closest-name.ts';
import { CommandFault } from '../command-fault.ts';
import { type Api, bodyOf } from './api.ts';
import { readPages } from './pages.ts';

/** @param asked what was asked about that job @throws what `asked` throws, with the suggestion added */
export async function suggestJob<Body>(api: Api, jobId: string, asked: Promise<Body>): Promise<Body> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof CommandFault) || error.code !== 'JOB_NOT_FOUND') throw error;
    const near = closestName(jobId, await knownJobIds(api));
    const advice = near === null ? "'carillon jobs' lists those that exist." : `Did you mean '${near}'?`;
    throw new CommandFault(error.status, `There is no job '${jobId}'.`, {
      details: [advice],
      problem: error.problem,
      code: error.code,
      cause: error,
    });
  }
}

export async function knownJobIds({ routes }: Api): Promise<string[]> {
  const page = await readPages({ limit: 500, all: true }, (at) =>
    bodyOf(jobPageSchema, routes.admin.jobs.$get({ query: at })),
  );
  return page.items.map(({ jobId }) => jobId);
}

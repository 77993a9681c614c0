import { describe, expect, test } from 'vitest';
import { CommandFault } from '../../../../src/cli/command-fault.ts';
import { type Api, connect } from '../../../../src/cli/connection/api.ts';
import { suggestJob } from '../../../../src/cli/connection/suggest-job.ts';
import { jobAnswer } from '../../../support/answers.ts';
import { startHttpServer } from '../../../support/http-server.ts';

const PROBLEM = { code: 'JOB_NOT_FOUND', detail: 'x' };
const notFound = new CommandFault(1, 'x', { code: 'JOB_NOT_FOUND', problem: PROBLEM });

/** A service that has these jobs, two a page; it counts how often it is asked. */
async function among(ids: readonly string[], asked: (api: Api) => Promise<unknown>) {
  await using server = await startHttpServer(({ path }, response) => {
    const from = Number(new URL(path, 'http://a').searchParams.get('cursor') ?? 0);
    const items = ids.slice(from, from + 2).map((jobId) => jobAnswer({ jobId }));
    response.end(JSON.stringify({ items, nextCursor: from + 2 < ids.length ? String(from + 2) : null }));
  });
  const outcome = await asked(await connect({ server: server.origin, token: 't' }, {})).catch(
    (error: unknown) => error,
  );
  return { outcome, requests: server.requests.length };
}

const suggested = (jobId: string, ids: readonly string[]) =>
  among(ids, (api) => suggestJob(api, jobId, Promise.reject(notFound)));

describe('suggestJob()', () => {
  test('asks for no names where the job is there', async () => {
    expect(await among(['a'], (api) => suggestJob(api, 'a', Promise.resolve('found')))).toEqual({
      ...{ outcome: 'found', requests: 0 },
    });
  });

  test('names the nearest job, on whichever page it stands, and keeps what the service said', async () => {
    const { outcome } = await suggested('nigthly', ['a', 'b', 'c', 'd', 'nightly']);
    expect(outcome).toMatchObject({ status: 1, message: "There is no job 'nigthly'.", code: 'JOB_NOT_FOUND' });
    expect(outcome).toMatchObject({ details: ["Did you mean 'nightly'?"], problem: PROBLEM });
  });

  test.for([[[]], [['something-else']]] as const)('suggests nothing that is not near: %j', async ([ids]) => {
    const { outcome } = await suggested('nightly', ids);
    expect(outcome).toMatchObject({ details: ["'carillon jobs' lists those that exist."] });
  });

  test.for([
    new CommandFault(4, 'who are you'),
    new CommandFault(1, 'x', { code: 'REVISION_CONFLICT' }),
    new Error('x'),
  ])('hands on %s, which is about no missing job, and asks nothing', async (fault) => {
    expect(await among(['a'], (api) => suggestJob(api, 'a', Promise.reject(fault)))).toEqual({
      ...{ outcome: fault, requests: 0 },
    });
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { connect } from '../../../../src/cli/connection/api.ts';
import { WatchedWork } from '../../../../src/cli/connection/watched-work.ts';
import type { JobChange } from '../../../../src/cli/declared-jobs/compare-jobs.ts';
import { makeAll, makeChange } from '../../../../src/cli/declared-jobs/make-change.ts';
import { jobAnswer } from '../../../support/answers.ts';
import { type Answer, startHttpServer } from '../../../support/http-server.ts';

const work = new WatchedWork(null);
afterEach(() => work.close());

const change = (action: JobChange['action'], jobId: string, revision: number | null): JobChange => ({
  ...{ jobId, action, fields: [], revision },
  declared: { jobId, fields: { jobName: jobId, cronExpression: '0 9 * * *' }, index: 0 },
});
const ALL = [change('create', 'a/b', null), change('change', 'b', 7), change('remove', 'c', 8), change('keep', 'd', 9)];

async function make(changes: readonly JobChange[], answer: Answer) {
  await using server = await startHttpServer(answer);
  const outcome = await makeAll(await connect({ server: server.origin, token: 't' }, {}), changes, work);
  const sent = server.requests.map(({ method, path, headers }) => [
    method,
    path,
    headers['if-match'] ?? headers['if-none-match'],
  ]);
  return {
    ...outcome,
    sent: sent.toSorted(([a = '', b = ''], [c = '', d = '']) => (`${b}${a}` < `${d}${c}` ? -1 : 1)),
  };
}

test('makeChange() asks nothing about what is kept', async () => {
  await using server = await startHttpServer((_request, response) => response.end('{}'));
  await makeChange(await connect({ server: server.origin, token: 't' }, {}), change('keep', 'a', 1));
  expect(server.requests).toEqual([]);
});

describe('makeAll()', () => {
  test('makes each on the strength of what was compared, and asks nothing about what is kept', async () => {
    const { sent, made, left, fault } = await make(ALL, (_request, response) =>
      response.end(JSON.stringify(jobAnswer())),
    );
    expect(sent).toEqual([
      ['PUT', '/admin/jobs/a%2Fb', '*'],
      ['PUT', '/admin/jobs/b', '"7"'],
      ['DELETE', '/admin/jobs/c', '"8"'],
    ]);
    expect({ made: made.length, left, fault }).toEqual({ made: 4, left: 0, fault: null });
  });

  test('tells a refusal with the job that it is of, and makes the others', async () => {
    const problem = {
      code: 'X',
      title: 'Invalid input',
      detail: 'd',
      errors: [{ path: 'notes', message: 'Too long.' }],
    };
    const { refusals, made, left } = await make(ALL, ({ path }, response) => {
      response.statusCode = path.endsWith('/b') ? 412 : 200;
      response.end(JSON.stringify(path.endsWith('/b') ? problem : jobAnswer()));
    });
    expect(refusals).toEqual(['b: Invalid input:\n  notes: Too long.']);
    expect({ made: made.map(({ jobId }) => jobId).toSorted(), left }).toEqual({ made: ['a/b', 'c', 'd'], left: 0 });
  });

  test.for([401, 503])(
    'ends at an answer of %d, which the others would get too, and counts what is left',
    async (status) => {
      const many = Array.from({ length: 40 }, (_, at) => change('create', `j${at}`, null));
      const { refusals, made, left, fault } = await make(many, (_request, response) =>
        response.writeHead(status).end(),
      );
      expect({ refusals, made, left }).toEqual({ refusals: [], made: [], left: 40 });
      expect(fault).toMatchObject({ status: status === 401 ? 4 : 3 });
    },
  );
});

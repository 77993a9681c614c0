import { describe, expect, test } from 'vitest';
import {
  createEncodingClient,
  PathParameterError,
} from '../../../../../../src/modules/foundation/interface/http/encoding-client.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
}

function scene() {
  const asked: Asked[] = [];
  const client = createEncodingClient('http://here/base', {
    fetch: async (url: string | URL | Request, init?: RequestInit) => {
      asked.push({ method: init!.method!, url: new Request(url).url });
      return Response.json({});
    },
  });
  return { asked, job: client.admin.jobs[':jobId'] };
}

describe('createEncodingClient()', () => {
  test.for([
    ['tom?dry', 'tom%3Fdry'],
    ['rep#x', 'rep%23x'],
    ['%72ep', '%2572ep'],
    ['../../x', '..%2F..%2Fx'],
    ['...', '...'],
    ['a:b', 'a%3Ab'],
    ['日报', '%E6%97%A5%E6%8A%A5'],
  ] as const)('asks about %j, and about no other job', async ([jobId, segment]) => {
    const { asked, job } = scene();
    await job.$delete({ param: { jobId } });
    await job.pause.$post({ param: { jobId }, json: {} });
    expect(asked).toEqual([
      { method: 'DELETE', url: `http://here/base/admin/jobs/${segment}` },
      { method: 'POST', url: `http://here/base/admin/jobs/${segment}/pause` },
    ]);
    expect(job.$url({ param: { jobId } }).href).toBe(asked[0]!.url);
  });

  test.for(['', '.', '..', '\uD800'])('asks nothing about %j, which would be another address', async (jobId) => {
    const { asked, job } = scene();
    expect(() => job.$get({ param: { jobId } })).toThrow(PathParameterError);
    expect(() => job.$get({ param: { jobId } })).toThrow(expect.objectContaining({ code: 'PATH_PARAMETER_INVALID' }));
    expect(asked).toEqual([]);
  });
});

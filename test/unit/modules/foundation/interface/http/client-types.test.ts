import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { AppType } from '../../../../../../src/modules/foundation/interface/http/app.ts';
import type { JobDetailJson, JobJson } from '../../../../../../src/modules/foundation/interface/http/contracts/job.ts';
import { inMemoryService, TOKENS } from '../../../../../support/in-memory-service.ts';

function typedClient() {
  const { app } = inMemoryService();
  const headers = { authorization: `Bearer ${TOKENS.admin}` };
  return hc<AppType>('http://localhost', {
    headers,
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => await app.request(input, init),
  });
}
type Client = ReturnType<typeof typedClient>;
type Job = Client['admin']['jobs'][':jobId'];

describe('hc<AppType>()', () => {
  test('knows what each route takes', () => {
    type Put = InferRequestType<Job['$put']>;
    expectTypeOf<Put['param']>().toEqualTypeOf<{ jobId: string }>();
    expectTypeOf<Put['json']['cronExpression']>().toEqualTypeOf<string>();
    expectTypeOf<Put['json']['overlapPolicy']>().toEqualTypeOf<
      'skip' | 'queueOne' | 'queueAll' | 'allow' | 'cancelPrevious' | undefined
    >();
    type Query = InferRequestType<Client['admin']['executions']['$get']>['query'];
    expectTypeOf<Query['status']>().toEqualTypeOf<'RUNNING' | 'SUCCESS' | 'FAILED' | undefined>();
    expectTypeOf<Query['limit']>().toEqualTypeOf<string | undefined>();
  });

  test('knows what each route answers', () => {
    type Got = InferResponseType<Job['$get'], 200>;
    expectTypeOf<Got['state']>().toEqualTypeOf<JobJson['state']>();
    expectTypeOf<Got['nextOccurrences']>().toEqualTypeOf<JobDetailJson['nextOccurrences']>();
    type Page = InferResponseType<Client['admin']['jobs']['$get'], 200>;
    expectTypeOf<Page['nextCursor']>().toEqualTypeOf<string | null>();
    expectTypeOf<Page['items'][number]['nextRunAt']>().toEqualTypeOf<string | null>();
    type Ready = InferResponseType<Client['readyz']['$get']>;
    expectTypeOf<Ready['mode']>().toEqualTypeOf<'normal' | 'degraded'>();
  });

  test('refuses what no route takes', () => {
    const client = typedClient();
    const wrong = () => [
      // @ts-expect-error the name is missing
      client.admin.jobs[':jobId'].$put({ param: { jobId: 'a' }, json: { cronExpression: '* * * * *' } }),
      // @ts-expect-error no such policy
      client.admin.jobs[':jobId'].$patch({ param: { jobId: 'a' }, json: { overlapPolicy: 'maybe' } }),
      // @ts-expect-error no such route
      client.admin.nothing.$get(),
    ];
    expect(wrong).toBeTypeOf('function');
  });

  test('reaches the routes', async () => {
    const { admin } = typedClient();
    const json = { jobName: 'Warm', cronExpression: '*/5 * * * *' };
    const put = await admin.jobs[':jobId'].$put({ param: { jobId: 'warm-cache' }, json });
    expect(put.status).toBe(201);
    const run = await admin.jobs[':jobId'].trigger.$post({ param: { jobId: 'warm-cache' }, json: { reason: 'test' } });
    expect((await run.json()).status).toBe('RUNNING');
    const list = await admin.jobs.$get({ query: { enabled: 'true', limit: '5' } });
    expect((await list.json()).items.map(({ jobId }) => jobId)).toEqual(['warm-cache']);
  });
});

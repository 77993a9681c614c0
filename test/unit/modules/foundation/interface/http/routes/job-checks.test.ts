import { expect, test } from 'vitest';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const GOOD = { jobName: 'Warm', cronExpression: '*/5 * * * *', jobId: 'warm-cache' };

test('POST /admin/jobs/check names every fault of every job, in order, and saves none', async () => {
  const service = inMemoryService();
  const send = contractClientOf(service);
  const jobs = [
    GOOD,
    { ...GOOD, jobId: 'x?y', cronExpression: '0 25 * * *', handler: 'nowhere' },
    { ...GOOD, jobId: 'warm-cache', cronExpression: '0 9 * * 1' },
    { ...GOOD, jobKwargs: { token: '***' } },
  ];
  const { status, json } = await send('POST /admin/jobs/check', { as: 'admin', body: { jobs } });
  expect(status).toBe(200);
  const found = json.items.map(({ errors, ...item }: { errors: { path: string }[] }) => ({
    ...item,
    paths: errors.map(({ path }) => path),
  }));
  const timezone = 'Asia/Shanghai';
  expect(found).toEqual([
    { jobId: 'warm-cache', dialect: 'apscheduler', timezone, paths: [] },
    { jobId: 'x?y', dialect: null, timezone, paths: ['jobId', 'cronExpression', 'handler'] },
    { jobId: 'warm-cache', dialect: null, timezone, paths: ['cronExpression'] },
    { jobId: 'warm-cache', dialect: null, timezone, paths: ['jobKwargs.token'] },
  ]);
  expect((await send('GET /admin/jobs', { as: 'viewer' })).json.items).toEqual([]);
});

test('POST /admin/jobs/check lets a job that exists keep its id and its secrets', async () => {
  const service = inMemoryService();
  const send = contractClientOf(service);
  service.configs.insert(jobConfig('odd id', { handler: 'warm-cache', jobKwargs: { token: 'sesame' } }));
  const body = { jobs: [{ ...GOOD, jobId: 'odd id', handler: 'warm-cache', jobKwargs: { token: '***' } }] };
  const { json, text } = await send('POST /admin/jobs/check', { as: 'admin', body });
  expect(json.items[0].errors).toEqual([]);
  expect(text).not.toContain('sesame');
  expect((await send('POST /admin/jobs/check', { as: 'operator', body })).status).toBe(403);
});

test('POST /admin/jobs/check names a field that is none of a job, and where it stands', async () => {
  const send = contractClientOf(inMemoryService());
  const body = { jobs: [GOOD, { ...GOOD, colour: 'red' }] };
  const { status, json } = await send('POST /admin/jobs/check', { as: 'admin', body });
  expect({ status, path: json.errors[0].path }).toEqual({ status: 422, path: 'jobs.1.colour' });
});

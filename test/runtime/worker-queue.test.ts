/** Long work of a Worker: handed to a queue, run by its consumer, whoever delivers how often. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CarillonWorker, createWorker } from '../../src/main/create-worker.ts';
import type { WorkerEnv } from '../../src/main/worker-settings.ts';
import { defineJob } from '../../src/modules/foundation/index.ts';
import { createMigratedDatabase } from '../support/databases.ts';
import { ADMIN_TOKEN } from '../support/service-process.ts';

let env: WorkerEnv;
let sent: unknown[];
let calls: string[];
let worker: CarillonWorker;
let behind: Promise<unknown>[];

const context = { waitUntil: (work: Promise<unknown>) => void behind.push(work) };

beforeEach(async () => {
  [sent, calls, behind] = [[], [], []];
  const QUEUE = { send: async (message: unknown) => void sent.push(message) };
  env = { ADMIN_TOKEN, LOG_LEVEL: 'error', DATABASE_URL: await createMigratedDatabase(), QUEUE };
  const long = defineJob({ longRunsIn: 'queue', run: (_kwargs, { trigger }) => void calls.push(trigger) });
  worker = createWorker({ modules: { work: { 'work.long': long } } });
});

afterEach(() => Promise.all(behind));

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const sentBody = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await worker.fetch(
    new Request(`http://worker${path}`, { method, headers, ...sentBody }),
    env,
    context,
  );
  await Promise.all(behind.splice(0));
  return { status: response.status, body: await response.json() };
}

async function deliver(messages: readonly unknown[]): Promise<boolean> {
  let isRetried = false;
  await worker.queue({ messages: messages.map((body) => ({ body })), retryAll: () => void (isRetried = true) }, env);
  return !isRetried;
}

const JOB = { jobName: 'Long', cronExpression: '0 0 1 1 *', dialect: 'unix', timezone: 'UTC' };

it('createWorker() hands a triggered run to the queue at once, and runs it once however often the message comes', async () => {
  await call('PUT', '/admin/jobs/work.long', JOB);
  expect(sent).toEqual([]);
  await call('POST', '/admin/jobs/work.long/trigger');
  expect(sent).toEqual([{ handler: 'work.long' }]);
  await worker.scheduled(null, env, context);
  expect(calls).toEqual([]);
  expect(sent).toHaveLength(2);
  expect(await deliver(sent)).toBe(true);
  expect(await deliver(sent)).toBe(true);
  expect(calls).toEqual(['manual']);
});

it('createWorker() hands over what its schedule made due, under any job id', async () => {
  await call('PUT', '/admin/jobs/often', { ...JOB, handler: 'work.long', cronExpression: '* * * * * *' });
  await expect
    .poll(
      async () => {
        await worker.scheduled(null, env, context);
        return sent.length;
      },
      { timeout: 5_000 },
    )
    .toBeGreaterThan(0);
  expect(new Set(sent.map((message) => JSON.stringify(message)))).toEqual(new Set(['{"handler":"work.long"}']));
  expect(calls).toEqual([]);
  await deliver([sent[0]]);
  expect(calls).toContain('schedule');
});

it('createWorker() has messages come again when the database is away, and drops what is none of ours', async () => {
  expect(await deliver([{ other: true }, 'text', null])).toBe(true);
  env = { ...env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  expect(await deliver([{ handler: 'work.long' }])).toBe(false);
});

it('createWorker() without a queue leaves such work to a replica, and a queue that refuses does not stop the sweep', async () => {
  await call('PUT', '/admin/jobs/maintenance.heartbeat', { ...JOB, jobName: 'Beats' });
  await call('PUT', '/admin/jobs/work.long', JOB);
  const refusing = { send: () => Promise.reject(new Error('full')) };
  for (const QUEUE of [refusing, undefined]) {
    const { QUEUE: _queue, ...rest } = env;
    env = QUEUE === undefined ? rest : { ...rest, QUEUE };
    await call('POST', '/admin/jobs/work.long/trigger');
    const { body } = await call('POST', '/admin/jobs/maintenance.heartbeat/trigger');
    await worker.scheduled(null, env, context);
    expect((await call('GET', `/admin/executions/${body.id}`)).body).toMatchObject({ status: 'SUCCESS' });
  }
  expect(calls).toEqual([]);
});

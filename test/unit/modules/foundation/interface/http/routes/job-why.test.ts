import { beforeEach, describe, expect, test } from 'vitest';
import { execution } from '../../../../../../support/in-memory-executions.ts';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService, NOW } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const ROUTE = 'GET /admin/jobs/warm-cache/why' as const;
const NINE = new Date('2026-01-02T01:00:00Z');
let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: 'viewer', ...options });
  const config = jobConfig('warm-cache', { cronExpression: '0 9 * * *', timezone: 'Asia/Shanghai' });
  service.configs.insert(config, { nextFireAt: new Date(NOW + 1) });
});

describe('GET /admin/jobs/:jobId/why', () => {
  test('says what is told, of an instant and of a wall time', async () => {
    const detail = { cause: 'overlap' };
    service.history.record(
      { type: 'occurrence.skipped', jobId: 'warm-cache', scheduledAt: NINE, reason: 'the run before it', detail },
      NINE.getTime(),
    );
    for (const at of ['2026-01-02T09:00:00%2B08:00', '2026-01-02T09:00:00+08:00', '2026-01-02T09:00']) {
      const { status, json } = await send(`${ROUTE}?at=${at}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({
        jobId: 'warm-cache',
        at: NINE.toISOString(),
        verdict: 'skippedOverlap',
        sentence: '2026-01-02 09:00 (Asia/Shanghai): it was skipped: the run before it.',
        sentenceZh: '2026-01-02 09:00 (Asia/Shanghai)：被跳过：the run before it。',
        occurrence: NINE.toISOString(),
        nearest: { before: '2026-01-01T01:00:00.000Z', after: '2026-01-03T01:00:00.000Z' },
        events: [{ type: 'occurrence.skipped', detail }],
        executions: [],
        pending: null,
      });
    }
  });

  test('shows all attempts of what ran', async () => {
    service.executions.rows.push(
      execution(2, { scheduledAt: NINE, attempt: 2 }),
      execution(1, { scheduledAt: NINE, status: 'FAILED' }),
    );
    const { json } = await send(`${ROUTE}?at=2026-01-02T09:00`);
    expect(json.verdict).toBe('ran');
    expect(json.executions.map(({ attempt }: { attempt: number }) => attempt)).toEqual([1, 2]);
  });

  test('takes an instant without a fraction for what is due or ran within its second', async () => {
    const ask = async (at: string) => (await send(`${ROUTE}?at=${at}`)).json;
    const ran = new Date('2026-01-02T09:00:06.120Z');
    service.executions.rows.push(execution(1, { scheduledAt: ran }));
    const [at, scheduledAt] = [ran.toISOString(), ran.toISOString()];
    expect(await ask('2026-01-02T09:00:06Z')).toMatchObject({ at, verdict: 'ran', executions: [{ scheduledAt }] });
    expect(await ask('2026-01-02T09:00:06.000Z')).toMatchObject({ verdict: 'notScheduled', executions: [] });
    const every = { cronExpression: '@every 1h', createdAt: new Date('2026-01-01T00:00:00.450Z') };
    service.configs.insert(jobConfig('warm-cache', every), { nextFireAt: new Date(NOW) });
    const due = '2026-01-02T01:00:00.450Z';
    expect(await ask('2026-01-02T01:00:00Z')).toMatchObject({ at: due, verdict: 'unknown', occurrence: due });
  });

  test('prefers what is due exactly then', async () => {
    service.executions.rows.push(execution(1, { scheduledAt: new Date(NINE.getTime() + 120) }));
    const { json } = await send(`${ROUTE}?at=2026-01-02T09:00`);
    expect(json).toMatchObject({ at: NINE.toISOString(), executions: [] });
  });

  test('asks the audit trail what the schedule was then', async () => {
    const spec = (cronExpression: string) => ({
      jobId: 'warm-cache',
      cronExpression,
      dialect: 'unix',
      timezone: 'UTC',
    });
    service.history.record(
      { type: 'job.updated', jobId: 'warm-cache', detail: { before: spec('0 8 * * *'), after: spec('0 9 * * *') } },
      NINE.getTime() + 1,
    );
    const { json } = await send(`${ROUTE}?at=2026-01-02T09:00`);
    expect(json).toMatchObject({ verdict: 'edited', occurrence: null, events: [{ type: 'job.updated' }] });
    expect(json.nearest.after).toBe('2026-01-02T08:00:00.000Z');
  });

  test('takes the latest occurrence where no instant is named', async () => {
    expect((await send(ROUTE)).json).toMatchObject({ at: NINE.toISOString(), verdict: 'unknown' });
  });

  test.each([
    ['created', { createdAt: new Date(NOW - 1_000) }],
    ['to start', { startAt: new Date(NOW + 1_000) }],
  ])('takes the first occurrence of a job that was just %s', async (_what, over) => {
    const config = jobConfig('warm-cache', { cronExpression: '0 9 * * *', timezone: 'Asia/Shanghai', ...over });
    service.configs.insert(config, { nextFireAt: new Date(NOW + 1) });
    const { json } = await send(ROUTE);
    expect(json).toMatchObject({ at: '2026-01-03T01:00:00.000Z', verdict: 'notYet' });
    expect(json.sentence).toMatch(/2026-01-03 09:00 .* None was due yet: this is the first\.$/);
  });

  test('asks about now where a job has no occurrence since its creation, and none to come', async () => {
    const over = { cronExpression: '@at 2026-01-01T00:00Z', createdAt: new Date(NOW - 1_000) };
    service.configs.insert(jobConfig('warm-cache', over), { nextFireAt: null });
    expect((await send(ROUTE)).json).toMatchObject({ at: new Date(NOW).toISOString(), verdict: 'notScheduled' });
  });

  test('explains a job that is gone, as long as something is left of it', async () => {
    await service.configs.remove({ jobId: 'warm-cache', actor: 'admin' });
    expect((await send(ROUTE)).json.code).toBe('JOB_NOT_FOUND');
    service.history.record({ type: 'job.deleted', jobId: 'warm-cache', detail: {} }, NINE.getTime() - 1);
    expect((await send(`${ROUTE}?at=2026-01-02T09:00`)).json.verdict).toBe('deleted');
  });

  test('shows what waits', async () => {
    const { id } = await service.pending.add({
      ...{ id: '55555555-5555-4555-8555-555555555555', jobId: 'warm-cache', trigger: 'manual', jobKwargs: {} },
      ...{ reason: null, actor: 'operator' },
    });
    const { json } = await send(`${ROUTE}?at=${new Date(NOW).toISOString()}`);
    expect(json).toMatchObject({ verdict: 'waiting', pending: { id } });
  });

  test.each(['at=nine', 'at=', 'when=2026-01-02T09:00', 'at=2026-02-30T09:00'])('refuses ?%s', async (query) => {
    expect((await send(`${ROUTE}?${query}`)).status).toBe(422);
  });
});

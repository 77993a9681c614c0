import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { execution } from '../../../../../../support/in-memory-executions.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService, NOW } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let send: Client;
const ROUTE = 'POST /admin/jobs/warm-cache/backfill' as const;
/** Three occurrences: 00:00, 00:05, 00:10. */
const body = { from: '2026-01-02T00:00:00Z', to: '2026-01-02T00:15:00Z' };
beforeEach(() => {
  service = inMemoryService();
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: 'operator', ...options });
  service.configs.insert(jobConfig('warm-cache'));
  service.executions.rows.push(execution(1, { scheduledAt: new Date('2026-01-02T00:05:00Z'), status: 'FAILED' }));
});

const fates = (json: { occurrences: { scheduledAt: string; fate: string }[] }): string[] =>
  json.occurrences.map(({ scheduledAt, fate }) => `${scheduledAt.slice(11, 16)} ${fate}`);

describe('POST /admin/jobs/:jobId/backfill', () => {
  test('dry, says what would be run, and writes nothing', async () => {
    const { status, json } = await send(ROUTE, { body: { ...body, dryRun: true } });
    expect(status).toBe(200);
    expect(fates(json)).toEqual(['00:00 open', '00:05 completed', '00:10 open']);
    expect(json).toMatchObject({
      jobId: 'warm-cache',
      ...instants(body),
      dryRun: true,
      count: 2,
      completed: 1,
      waiting: 0,
    });
    expect(json.sentence).toBe('Of 3 occurrences 2 would be run, oldest first, one after another; 1 ran already.');
    expect(json.sentenceZh).toBe('共 3 次，将执行 2 次，由旧到新，逐一执行；1 次已执行过。');
    expect(service.pending.runs).toEqual([]);
  });

  test('leaves the runs waiting, and names what ran already with its execution', async () => {
    const { status, json } = await send(ROUTE, { body: { ...body, reason: 'the disk was full' } });
    expect(status).toBe(202);
    expect(fates(json)).toEqual(['00:00 added', '00:05 completed', '00:10 added']);
    expect(json.occurrences[1].executionId).toBe(service.executions.rows[0]!.id);
    expect(service.pending.runs).toMatchObject([
      { id: json.occurrences[0].executionId, trigger: 'backfill', reason: 'the disk was full', actor: 'operator' },
      { id: json.occurrences[2].executionId, trigger: 'backfill' },
    ]);
    const again = await send(ROUTE, { body });
    expect(again.json).toMatchObject({ count: 0, completed: 1, waiting: 2 });
  });

  test('runs again what has an execution where that is asked for', async () => {
    const { json } = await send(ROUTE, { body: { ...body, includeCompleted: true } });
    expect(fates(json)).toEqual(['00:00 added', '00:05 added', '00:10 added']);
    const dry = await send(ROUTE, { body: { ...body, includeCompleted: true, dryRun: true } });
    expect(dry.json).toMatchObject({ count: 0, waiting: 3 });
  });

  test('says of a job that may overlap no "one after another", and what waited before, in both languages', async () => {
    service.configs.insert(jobConfig('warm-cache', { overlapPolicy: 'allow' }));
    await send(ROUTE, { body: { ...body, to: '2026-01-02T00:01:00Z' } });
    const { json } = await send(ROUTE, { body });
    expect(json.sentence).toBe('Of 3 occurrences 1 waits to be run, oldest first; 1 ran already; 1 waited before.');
    expect(json.sentenceZh).toBe('共 3 次，等待执行 1 次，由旧到新；1 次已执行过；1 次此前已在等待。');
  });

  test('keeps to start, end and now', async () => {
    service.configs.insert(jobConfig('warm-cache', { startAt: new Date('2026-01-02T00:05:00Z') }));
    expect(fates((await send(ROUTE, { body })).json)[0]).toBe('00:05 completed');
    service.configs.insert(jobConfig('warm-cache', { endAt: new Date('2026-01-02T00:05:00Z') }));
    expect(fates((await send(ROUTE, { body })).json).at(-1)).toBe('00:05 completed');
    service.configs.insert(jobConfig('warm-cache'));
    const late = { from: '2026-01-02T11:55:00Z', to: '2027-01-01T00:00:00Z', dryRun: true };
    const { json } = await send(ROUTE, { body: late });
    expect(fates(json)).toEqual(['11:55 open', '12:00 open']);
    expect(json.to).toBe(new Date(NOW + 1).toISOString());
  });

  test('refuses too many, and says how far it goes', async () => {
    service.configs.insert(jobConfig('warm-cache', { cronExpression: '@every 1s' }));
    const { status, json } = await send(ROUTE, { body: { ...body, to: '2026-01-02T10:00:00Z' } });
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path: 'to', message: expect.stringContaining('36000 occurrences') }]);
    expect(json.detail).toContain('2026-01-02T02:46:39.001Z');
  });

  test.each([
    [{ from: body.to, to: body.from }, 'from'],
    [{ from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' }, 'from'],
    [{ from: body.from }, 'to'],
    [{ ...body, dry: true }, 'dry'],
    [{ ...body, from: 'yesterday' }, 'from'],
  ])('refuses %j', async (wrong, path) => {
    const { status, json } = await send(ROUTE, { body: wrong });
    expect(status).toBe(422);
    expect(json.errors).toMatchObject([{ path }]);
  });

  test('of a row without a schedule, or a function, is refused', async () => {
    service.configs.insert(jobConfig('warm-cache', { cronExpression: 'nonsense' }));
    expect((await send(ROUTE, { body })).status).toBe(422);
    service.configs.insert(jobConfig('warm-cache', { handler: 'none' }));
    expect((await send(ROUTE, { body })).json.code).toBe('JOB_NOT_REGISTERED');
  });

  test('knows no job that is not there, and is not for a viewer', async () => {
    expect((await send('POST /admin/jobs/none/backfill', { body })).json.code).toBe('JOB_NOT_FOUND');
    expect((await send(ROUTE, { body, as: 'viewer' })).status).toBe(403);
  });
});

function instants({ from, to }: { from: string; to: string }) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

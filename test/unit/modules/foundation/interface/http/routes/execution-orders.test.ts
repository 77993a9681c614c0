import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { execution } from '../../../../../../support/in-memory-executions.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const NEW_ID = '33333333-3333-4333-8333-333333333333';
const running = execution(1, { status: 'RUNNING', finishedAt: null, durationMs: null, result: null });
const ended = execution(2, { status: 'FAILED', failureReason: 'ERROR', errorMessage: 'boom', result: null });
const UNKNOWN = '00000000-0000-4000-8000-00000000dead';

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  service.configs.insert(jobConfig('warm-cache'));
  service.executions.rows.push(running, ended);
});

describe('POST /admin/executions/:id/cancel', () => {
  test('marks the run, and shows it', async () => {
    const body = { reason: 'it hangs' };
    const { status, json } = await send(`POST /admin/executions/${running.id}/cancel`, { as: 'operator', body });
    expect([status, json.id, json.status]).toEqual([202, running.id, 'RUNNING']);
    expect(service.cancellations.orders).toEqual([{ executionId: running.id, reason: 'it hangs', actor: 'operator' }]);
  });

  test('needs no body, and no reason', async () => {
    expect((await send(`POST /admin/executions/${running.id}/cancel`)).status).toBe(202);
    expect(service.cancellations.orders[0]).toMatchObject({ reason: 'Cancelled by admin.', actor: 'admin' });
  });

  test('of one that has ended is refused', async () => {
    const { status, json } = await send(`POST /admin/executions/${ended.id}/cancel`);
    expect([status, json.code]).toEqual([409, 'EXECUTION_NOT_RUNNING']);
    expect(service.cancellations.orders).toEqual([]);
  });

  test('of one that ends in this very moment is refused', async () => {
    service.cancellations.beforeRequest = () => void (service.executions.rows[0] = { ...running, status: 'SUCCESS' });
    const { status, json } = await send(`POST /admin/executions/${running.id}/cancel`);
    expect([status, json.code]).toEqual([409, 'EXECUTION_NOT_RUNNING']);
  });

  test.each([UNKNOWN, 'nonsense', '%00'])('does not know %s', async (id) => {
    const { status, json } = await send(`POST /admin/executions/${id}/cancel`);
    expect([status, json.code]).toEqual([404, 'EXECUTION_NOT_FOUND']);
  });

  test.each([{ reason: 5 }, { reason: 'x'.repeat(1_001) }, { why: '' }])('refuses %j', async (body) => {
    expect((await send(`POST /admin/executions/${running.id}/cancel`, { body })).status).toBe(422);
  });

  test('is not for a viewer', async () => {
    expect((await send(`POST /admin/executions/${running.id}/cancel`, { as: 'viewer' })).status).toBe(403);
  });
});

describe('POST /admin/executions/:id/retry', () => {
  test('leaves a run that waits, and points to it', async () => {
    const { status, headers, json } = await send(`POST /admin/executions/${ended.id}/retry`, { as: 'operator' });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/admin/executions/${NEW_ID}`);
    expect(json).toMatchObject({ id: NEW_ID, jobId: 'warm-cache', trigger: 'retry', attempt: 2, startedAt: null });
  });

  test('of one that goes on is refused', async () => {
    const { status, json } = await send(`POST /admin/executions/${running.id}/retry`);
    expect([status, json.code]).toEqual([409, 'EXECUTION_RUNNING']);
    expect(service.pending.runs).toEqual([]);
  });

  test('of a job that is gone, or without its function, is refused', async () => {
    service.executions.rows.push(execution(3, { jobId: 'gone' }), execution(4, { jobId: 'unregistered' }));
    service.configs.insert(jobConfig('unregistered'));
    const [, , gone, unregistered] = service.executions.rows;
    expect((await send(`POST /admin/executions/${gone!.id}/retry`)).json.code).toBe('JOB_NOT_FOUND');
    expect((await send(`POST /admin/executions/${unregistered!.id}/retry`)).json.code).toBe('JOB_NOT_REGISTERED');
  });

  test.each([UNKNOWN, 'nonsense'])('does not know %s', async (id) => {
    expect((await send(`POST /admin/executions/${id}/retry`)).json.code).toBe('EXECUTION_NOT_FOUND');
  });

  test('is not for a viewer', async () => {
    expect((await send(`POST /admin/executions/${ended.id}/retry`, { as: 'viewer' })).status).toBe(403);
  });
});

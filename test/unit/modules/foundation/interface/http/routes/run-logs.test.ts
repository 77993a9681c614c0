import { beforeEach, describe, expect, test } from 'vitest';
import type { RunLogLine } from '../../../../../../../src/modules/foundation/domain/run-output.ts';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { execution } from '../../../../../../support/in-memory-executions.ts';
import { inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const [ended, running] = [execution(1), execution(2, { status: 'RUNNING', finishedAt: null, durationMs: null })];

function linesOf(count: number): RunLogLine[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ line: at + 1, at: new Date(at), level: 'info', message: `<b>${at + 1}</b>`, properties: { n: at } },
  }));
}

let send: Client;
beforeEach(() => {
  const service = inMemoryService();
  service.executions.rows.push(ended, running);
  service.outputs.lines.set(ended.id, linesOf(1_001));
  service.outputs.lines.set(running.id, linesOf(3));
  const contract = contractClientOf(service);
  send = (request, options) => contract(request, { as: 'viewer', ...options });
});

describe('GET /admin/executions/:id', () => {
  test('shows all that a run has said', async () => {
    const { json } = await send(`GET /admin/executions/${ended.id}`);
    expect(json.logLines).toHaveLength(1_001);
    expect(json.logLines[0]).toEqual({
      line: 1,
      at: '1970-01-01T00:00:00.000Z',
      level: 'info',
      message: '<b>1</b>',
      properties: { n: 0 },
    });
  });
});

describe('GET /admin/executions/:id/logs', () => {
  test('follows a run: the lines after a number, and whether more will come', async () => {
    const first = (await send(`GET /admin/executions/${running.id}/logs`)).json;
    expect([first.items.length, first.nextAfter, first.isEnded]).toEqual([3, 3, false]);
    const none = (await send(`GET /admin/executions/${running.id}/logs?after=3`)).json;
    expect(none).toEqual({ items: [], nextAfter: 3, isEnded: false });
    const last = (await send(`GET /admin/executions/${ended.id}/logs?after=1000`)).json;
    expect([last.items.length, last.nextAfter, last.isEnded]).toEqual([1, 1_001, true]);
  });

  test.each(['-1', 'x', '', '1.5', '12345678901'])('refuses after=%s', async (after) => {
    const { status, json } = await send(`GET /admin/executions/${running.id}/logs?after=${after}`);
    expect([status, json.errors[0].path]).toEqual([422, 'after']);
  });

  test('does not know a run that is not there', async () => {
    const { status } = await send('GET /admin/executions/00000000-0000-4000-8000-00000000dead/logs');
    expect(status).toBe(404);
  });
});

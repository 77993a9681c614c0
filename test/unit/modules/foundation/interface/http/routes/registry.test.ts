import { describe, expect, test } from 'vitest';
import { inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

describe('GET /admin/registry', () => {
  test('lists the functions by id, with the JSON Schema of their arguments', async () => {
    const { status, json } = await contractClientOf(inMemoryService())('GET /admin/registry', { as: 'viewer' });
    expect(status).toBe(200);
    expect(json.items.map(({ id }: { id: string }) => id)).toEqual(['send-mail', 'warm-cache']);
    expect(json.items[0]).toMatchObject({
      module: 'test',
      description: 'Sends a mail.',
      kwargsSchema: { type: 'object', required: ['to'], properties: { to: { type: 'string' } } },
      defaults: { retries: 3 },
    });
    expect(json.items[1]).toMatchObject({ description: null, kwargsSchema: null, defaults: {} });
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let send: Client;
beforeEach(() => {
  service = inMemoryService();
  send = contractClientOf(service);
  service.configs.insert(jobConfig('warm-cache', { revision: 7 }));
});

describe('DELETE /admin/jobs/:jobId', () => {
  test('removes the job, and answers nothing', async () => {
    const { status, text } = await send('DELETE /admin/jobs/warm-cache');
    expect([status, text]).toEqual([204, '']);
    expect((await send('GET /admin/jobs/warm-cache')).status).toBe(404);
  });

  test.each(['"7"', '*'])('takes If-Match: %s', async (ifMatch) => {
    const { status } = await send('DELETE /admin/jobs/warm-cache', { headers: { 'if-match': ifMatch } });
    expect(status).toBe(204);
  });

  test('of another revision removes nothing', async () => {
    const { status, json } = await send('DELETE /admin/jobs/warm-cache', { headers: { 'if-match': '"6"' } });
    expect([status, json.code, json.currentRevision]).toEqual([412, 'REVISION_CONFLICT', 7]);
    expect(service.configs.stored('warm-cache').revision).toBe(7);
  });

  test('of a revision that changes in this very moment removes nothing', async () => {
    const remove = service.configs.remove.bind(service.configs);
    service.configs.remove = async (removal) => {
      service.configs.insert(jobConfig('warm-cache', { revision: 8 }));
      return await remove(removal);
    };
    const { status, json } = await send('DELETE /admin/jobs/warm-cache', { headers: { 'if-match': '"7"' } });
    expect([status, json.currentRevision]).toEqual([412, 8]);
  });

  test.each(['none', '%00'])('does not know %s', async (jobId) => {
    expect((await send(`DELETE /admin/jobs/${jobId}`)).json.code).toBe('JOB_NOT_FOUND');
  });

  test('is for an admin', async () => {
    expect((await send('DELETE /admin/jobs/warm-cache', { as: 'operator' })).status).toBe(403);
  });
});

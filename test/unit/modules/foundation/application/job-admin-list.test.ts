import { beforeEach, describe, expect, test } from 'vitest';
import { SCANNED_PAGES, SCANNED_ROWS } from '../../../../../src/modules/foundation/application/job-list.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../support/in-memory-service.ts';

let service: InMemoryService;
beforeEach(() => {
  service = inMemoryService();
});

function insert(count: number, isDisabled: (index: number) => boolean): void {
  for (let index = 0; index < count; index += 1) {
    const jobId = `job-${String(index).padStart(6, '0')}`;
    service.configs.insert(jobConfig(jobId, { handler: 'warm-cache', enabled: !isDisabled(index) }));
  }
}

async function walk(limit: number): Promise<{ ids: string[]; sizes: number[] }> {
  const ids: string[] = [];
  const sizes: number[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await service.jobAdmin.list({ limit, state: 'disabled', ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.items.map(({ config }) => config.jobId));
    sizes.push(page.items.length);
    cursor = page.nextCursor;
  }
  return { ids, sizes };
}

describe('JobAdmin.list() by state', () => {
  test.each([1, 3, 7, 50, 500])('neither repeats nor skips a job, in pages of %i', async (limit) => {
    insert(1_200, (index) => index % 7 === 3);
    const { ids, sizes } = await walk(limit);
    const all = (await service.jobAdmin.list({ limit: 2_000, enabled: false })).items.map(({ config }) => config.jobId);
    expect(ids).toEqual(all);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
  });

  test('reads a bounded number of rows a request, and gives a cursor to go on from', async () => {
    insert(SCANNED_ROWS * SCANNED_PAGES + 10, (index) => index === SCANNED_ROWS * SCANNED_PAGES + 5);
    const first = await service.jobAdmin.list({ limit: 10, state: 'disabled' });
    expect(first.items).toEqual([]);
    expect(service.configs.lists).toBe(SCANNED_PAGES);
    const second = await service.jobAdmin.list({ limit: 10, state: 'disabled', cursor: first.nextCursor! });
    expect(second.items).toHaveLength(1);
    expect(second.nextCursor).toBeNull();
  });

  test('says so at once where there is none', async () => {
    expect(await service.jobAdmin.list({ limit: 10, state: 'invalid' })).toEqual({ items: [], nextCursor: null });
  });
});

describe('JobAdmin.list()', () => {
  test('hands all but the state to the repository', async () => {
    insert(3, () => false);
    const page = await service.jobAdmin.list({ limit: 2, q: 'JOB-', sort: 'jobId' });
    expect(page.items.map(({ config }) => config.jobId)).toEqual(['job-000000', 'job-000001']);
    expect(page.nextCursor).toBe('job-000001');
  });

  test('masks secrets in every item', async () => {
    service.configs.insert(jobConfig('send-mail', { jobKwargs: { apiToken: 'hunter2' } }));
    expect(JSON.stringify(await service.jobAdmin.list({ limit: 5 }))).not.toContain('hunter2');
  });
});

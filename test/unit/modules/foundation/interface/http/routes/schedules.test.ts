import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../../../../support/in-memory-client.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';
import { type InMemoryService, inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

let service: InMemoryService;
let preview: (body: unknown) => ReturnType<Client>;
beforeEach(() => {
  service = inMemoryService();
  const send = contractClientOf(service);
  preview = (body) => send('POST /admin/schedules/preview', { as: 'viewer', body });
});

describe('POST /admin/schedules/preview', () => {
  test('gives ten occurrences from now, in the default zone', async () => {
    const { status, json } = await preview({ cronExpression: '0 9 * * mon-fri' });
    expect(status).toBe(200);
    expect(json.occurrences).toHaveLength(10);
    expect(json.occurrences[0]).toBe('2026-01-05T01:00:00.000Z');
    expect(json).toMatchObject({
      timezone: 'Asia/Shanghai',
      description: 'Every weekday at 09:00, Asia/Shanghai',
      descriptionZh: expect.stringMatching(/周一至周五/),
      warnings: [],
    });
    expect(json.details[0]).toEqual({ at: '2026-01-05T01:00:00.000Z', note: null });
  });

  test('counts from an instant, which is exclusive', async () => {
    const from = '2026-03-01T08:00:00+08:00';
    const { json } = await preview({ cronExpression: '0 0 * * *', dialect: 'unix', timezone: 'UTC', from, count: 2 });
    expect(json.occurrences).toEqual(['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z']);
  });

  test('marks what daylight saving moves', async () => {
    const { json } = await preview({
      cronExpression: '30 2 * * *',
      timezone: 'America/New_York',
      from: '2026-03-08T00:00:00Z',
      count: 1,
    });
    expect(json.details).toEqual([{ at: '2026-03-08T07:30:00.000Z', note: 'moved' }]);
    expect(json.warnings).toHaveLength(1);
  });

  test('obeys the rules for gaps', async () => {
    const { json } = await preview({
      cronExpression: '30 2 * * *',
      timezone: 'America/New_York',
      dstGap: 'skip',
      from: '2026-03-08T00:00:00Z',
      count: 1,
    });
    expect(json.occurrences).toEqual(['2026-03-09T06:30:00.000Z']);
  });

  test('gives as many as are left', async () => {
    const { json } = await preview({ cronExpression: '@at 2026-05-01T00:00:00Z', count: 5 });
    expect(json.occurrences).toEqual(['2026-05-01T00:00:00.000Z']);
    expect((await preview({ cronExpression: '@at 2020-05-01T00:00:00Z' })).json.occurrences).toEqual([]);
  });

  test("counts '@every' from the creation of the job that it is for", async () => {
    service.configs.insert(jobConfig('warm-cache', { createdAt: new Date('2026-01-02T11:59:50.000Z') }));
    const { json } = await preview({ cronExpression: '@every 90s', jobId: 'warm-cache', count: 1 });
    expect(json.occurrences).toEqual(['2026-01-02T12:01:20.000Z']);
    expect((await preview({ cronExpression: '@every 90s', count: 1 })).json.occurrences).toEqual([
      '2026-01-02T12:01:30.000Z',
    ]);
  });

  test('gives a thousand, and not one more', async () => {
    expect((await preview({ cronExpression: '* * * * *', count: 1_000 })).json.occurrences).toHaveLength(1_000);
    expect((await preview({ cronExpression: '* * * * *', count: 1_001 })).status).toBe(422);
  });

  test('refuses a text with the position', async () => {
    const { status, json } = await preview({ cronExpression: '0 25 * * *' });
    expect(status).toBe(422);
    expect(json).toMatchObject({ code: 'SCHEDULE_INVALID', errors: [{ path: 'cronExpression', position: 2 }] });
  });

  test('refuses an unknown zone, an ambiguous text, and one that never fires', async () => {
    const code = async (body: object) => (await preview(body)).json.code as string;
    expect(await code({ cronExpression: '* * * * *', timezone: 'Mars/Olympus' })).toBe('TIMEZONE_UNKNOWN');
    expect(await code({ cronExpression: '0 9 * * 1-5' })).toBe('SCHEDULE_AMBIGUOUS');
    expect(await code({ cronExpression: '0 0 31 2 *', dialect: 'unix' })).toBe('SCHEDULE_NEVER_FIRES');
  });

  test.each([
    [{}, 'cronExpression'],
    [{ cronExpression: 5 }, 'cronExpression'],
    [{ cronExpression: '* * * * *', count: 0 }, 'count'],
    [{ cronExpression: '* * * * *', count: 1.5 }, 'count'],
    [{ cronExpression: '* * * * *', from: 'tomorrow' }, 'from'],
    [{ cronExpression: '* * * * *', from: '2026-02-30T00:00:00Z' }, 'from'],
    [{ cronExpression: '* * * * *', from: '2026-02-03T00:00:00' }, 'from'],
    [{ cronExpression: '* * * * *', dialect: 'vixie' }, 'dialect'],
    [{ cronExpression: '* * * * *', timeZone: 'UTC' }, 'timeZone'],
  ])('refuses %j at %s', async (body, path) => {
    const { status, json } = await preview(body);
    expect(status).toBe(422);
    expect(json.errors.map((error: { path: string }) => error.path)).toEqual([path]);
  });
});

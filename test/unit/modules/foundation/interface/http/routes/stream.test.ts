import { hc } from 'hono/client';
import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../../../../../../src/modules/foundation/domain/live-event.ts';
import type { AppType } from '../../../../../../../src/modules/foundation/interface/http/app.ts';
import { clientOf } from '../../../../../../support/in-memory-client.ts';
import { inMemoryService, TOKENS } from '../../../../../../support/in-memory-service.ts';
import { settle } from '../../../../../../support/manual-time.ts';
import { EventStreamReader } from '../../../../../../support/read-event-stream.ts';

const AT = '2026-01-02T12:00:00.000Z';

function event(number: number, over: Partial<LiveEvent> = {}): LiveEvent {
  const base = { id: `a-${number}`, type: 'run.started', at: AT, jobId: 'a', executionId: 'run-1' } as const;
  return { ...base, data: { attempt: number }, ...over };
}

function setUp() {
  const service = inMemoryService();
  const open = async (query = '', headers: Record<string, string> = {}) => {
    const response = await service.app.request(`/admin/stream${query}`, {
      headers: { authorization: `Bearer ${TOKENS.viewer}`, ...headers },
    });
    return { response, reader: new EventStreamReader(response.body!) };
  };
  return { ...service, service, open };
}

describe('GET /admin/stream', () => {
  test('says hello with the mode and the place, and then what happens', async () => {
    const { open, live } = setUp();
    live.setMode({ mode: 'normal', detail: 'all' });
    live.push(event(1));
    const { response, reader } = await open();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(await reader.next()).toEqual({ event: 'hello', id: 'a-1', data: { mode: 'normal', detail: 'all' } });
    live.push(event(2));
    expect(await reader.next()).toEqual({
      event: 'run.started',
      id: 'a-2',
      data: { at: AT, jobId: 'a', executionId: 'run-1', attempt: 2 },
    });
    expect(reader.raw).toContain('retry: 1000\n');
  });

  test('gives whoever comes back what it missed', async () => {
    const { open, live } = setUp();
    for (let number = 1; number <= 4; number += 1) live.push(event(number));
    const { reader } = await open('', { 'last-event-id': 'a-2' });
    expect(await reader.next()).toMatchObject({ event: 'hello', id: null });
    expect([(await reader.next())?.id, (await reader.next())?.id]).toEqual(['a-3', 'a-4']);
  });

  test('says reset where the place is not known, and where events were missed', async () => {
    const { open, live } = setUp();
    live.push(event(1));
    const { reader } = await open('', { 'last-event-id': 'unheard-of' });
    await reader.next();
    expect(await reader.next()).toMatchObject({ event: 'reset', id: 'a-1', data: { reason: expect.any(String) } });
    live.gap();
    expect(await reader.next()).toMatchObject({ event: 'reset', id: expect.stringMatching(/^start-/) });
  });

  test('tells when only this replica is seen', async () => {
    const { open, live } = setUp();
    const { reader } = await open();
    await reader.next();
    live.setMode({ mode: 'degraded', detail: 'alone' });
    expect(await reader.next()).toEqual({ event: 'feed', id: null, data: { mode: 'degraded', detail: 'alone' } });
  });

  test.each([
    ['?jobId=b', ['a-2', 'a-4', 'a-5']],
    ['?executionId=run-1', ['a-1', 'a-5']],
    ['?types=run.log,job.changed', ['a-3', 'a-4']],
    ['?jobId=a&types=run.started', ['a-1']],
  ])('%s shows those alone, and what is about many', async (query, ids) => {
    const { open, live } = setUp();
    const { reader } = await open(query);
    live.push(event(1));
    live.push(event(2, { jobId: 'b', executionId: 'run-2' }));
    live.push(event(3, { jobId: 'c', type: 'run.log', executionId: 'run-3' }));
    live.push(event(4, { jobId: 'b', type: 'job.changed', executionId: null }));
    live.push(event(5, { jobId: null, type: 'runs.changed', executionId: null }));
    live.end('the test is over');
    const events = await reader.rest();
    expect(events.slice(1, -1).map(({ id }) => id)).toEqual(ids);
  });

  test('a comment comes every 15 s', async () => {
    const { open, timers } = setUp();
    const { reader } = await open();
    await reader.next();
    await timers.advance(45_000);
    const ended = reader.rest();
    await settle();
    expect(reader.raw.split('\n').filter((line) => line === ': ')).toHaveLength(3);
    await reader.close();
    await ended;
  });

  test('a client that does not read is told so with its last event, and cut', async () => {
    const { open, live } = setUp();
    const { reader } = await open();
    for (let number = 1; number <= 1_500; number += 1) live.push(event(number));
    const events = await reader.rest();
    expect(events.at(-1)).toMatchObject({ event: 'dropped', data: { reason: expect.stringContaining('1000 events') } });
    expect(events.length).toBeLessThan(10);
  });

  test('a client that never reads again does not stay for ever', async () => {
    const { open, live, timers } = setUp();
    const { response } = await open();
    for (let number = 1; number <= 1_500; number += 1) live.push(event(number));
    await timers.advance(5_000);
    expect(timers.timerCount).toBe(0);
    expect(response.body).not.toBeNull();
  });

  test('an end comes to every stream, and no stream is opened after it', async () => {
    const { open, live, service } = setUp();
    const { reader } = await open();
    live.end('the service stops');
    const events = await reader.rest();
    expect(events.at(-1)).toEqual({ event: 'end', id: null, data: { reason: 'the service stops' } });
    const refused = await clientOf(service)('GET /admin/stream');
    expect([refused.status, refused.json.code]).toEqual([503, 'STREAMS_ENDED']);
  });

  test('a client that goes away gives its place back', async () => {
    const { open, timers, service } = setUp();
    const readers = await Promise.all(Array.from({ length: 100 }, () => open()));
    const refused = await clientOf(service)('GET /admin/stream');
    expect([refused.status, refused.json.code]).toEqual([503, 'TOO_MANY_STREAMS']);
    await readers[0]!.reader.close();
    await settle();
    expect((await open()).response.status).toBe(200);
    expect(timers.timerCount).toBe(100);
  });

  test('HEAD opens no stream', async () => {
    const { app, timers } = setUp();
    const headers = { authorization: `Bearer ${TOKENS.viewer}` };
    expect((await app.request('/admin/stream', { method: 'HEAD', headers })).status).toBe(200);
    expect(timers.timerCount).toBe(0);
  });

  test('nobody watches without a token', async () => {
    const send = clientOf(inMemoryService());
    expect((await send('GET /admin/stream', { as: null })).status).toBe(401);
  });

  test.each([
    'types=run.exploded',
    'types=run.log,run.exploded',
    'types=run.log,',
    'types=',
    'jobid=a',
    'jobId=a&jobId=b',
  ])('refuses ?%s', async (query) => {
    const send = clientOf(inMemoryService());
    expect((await send(`GET /admin/stream?${query}`)).status).toBe(422);
  });

  test('hc<AppType>() knows it', async () => {
    const { app, live } = setUp();
    const client = hc<AppType>('http://localhost', {
      headers: { authorization: `Bearer ${TOKENS.viewer}` },
      fetch: async (input: RequestInfo | URL, init?: RequestInit) => await app.request(input, init),
    });
    const response = await client.admin.stream.$get({ query: { types: 'run.log' } });
    const reader = new EventStreamReader(response.body!);
    expect(await reader.next()).toMatchObject({ event: 'hello' });
    live.end('done');
    // @ts-expect-error no such filter
    expect(() => client.admin.stream.$get({ query: { job: 'a' } })).toBeTypeOf('function');
  });
});

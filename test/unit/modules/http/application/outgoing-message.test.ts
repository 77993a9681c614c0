/** What every request carries, and what of the kwargs goes where. */
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { outgoingMessage } from '../../../../../src/modules/http/application/outgoing-message.ts';
import { requestKwargs } from '../../../../../src/modules/http/application/request-kwargs.ts';
import type { HttpMessage } from '../../../../../src/modules/http/domain/http-message.ts';
import { createJobContext } from '../../../../support/job-context.ts';

function messageOf(kwargs: Record<string, unknown>, idempotencyKey = 'a.job@2026-01-01T00:00:00.000Z'): HttpMessage {
  const { context } = createJobContext({ idempotencyKey });
  return outgoingMessage(v.parse(requestKwargs, { url: 'https://example.com/', ...kwargs }), context);
}

describe('outgoingMessage()', () => {
  test('outgoingMessage() names the occurrence, the trace and the sender', () => {
    const { headers } = messageOf({});
    expect(headers.get('idempotency-key')).toBe('a.job@2026-01-01T00:00:00.000Z');
    expect(headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(headers.get('user-agent')).toBe('Carillon');
  });

  test('outgoingMessage() gives each request ids of its own', () => {
    const ids = new Set(Array.from({ length: 100 }, () => messageOf({}).headers.get('traceparent')));
    expect(ids.size).toBe(100);
  });

  test('outgoingMessage() writes a job id of any script as visible ASCII', () => {
    expect(messageOf({}, '备份 \u{1f514}\ud800@t').headers.get('idempotency-key')).toBe(
      '%E5%A4%87%E4%BB%BD%20%F0%9F%94%94%EF%BF%BD@t',
    );
  });

  test("outgoingMessage() prefers the job's own headers to its defaults", () => {
    const own = {
      'User-Agent': 'mine',
      Accept: 'text/html',
      'Accept-Encoding': 'gzip',
      'Content-Type': 'application/ld+json',
    };
    const { headers } = messageOf({ headers: own, method: 'POST', body: {} });
    for (const [name, value] of Object.entries(own)) expect(headers.get(name)).toBe(value);
  });

  test.each([
    [{ a: [1, '钟'] }, '{"a":[1,"钟"]}'],
    [[], '[]'],
    [0, '0'],
    [false, 'false'],
  ])('outgoingMessage() sends %j as JSON', (body, text) => {
    const message = messageOf({ method: 'POST', body });
    expect(message.body).toBe(text);
    expect(message.headers.get('content-type')).toBe('application/json');
  });

  test('outgoingMessage() sends a text as it is, of a type that the job names', () => {
    const message = messageOf({ method: 'POST', body: '{"not": parsed}' });
    expect(message.body).toBe('{"not": parsed}');
    expect(message.headers.has('content-type')).toBe(false);
  });

  test.each([{}, { body: null }])('outgoingMessage() sends no body for %j', (kwargs) => {
    expect(messageOf({ method: 'POST', ...kwargs }).body).toBeNull();
  });
});

describe('outgoingMessage() and userinfo', () => {
  test.each([
    ['https://user:pass@example.com/', 'Basic dXNlcjpwYXNz'],
    ['https://user@example.com/', 'Basic dXNlcjo='],
    ['https://us%40er:p%C3%A4ss@example.com/', `Basic ${Buffer.from('us@er:päss').toString('base64')}`],
    ['https://50%25:100%@example.com/', `Basic ${Buffer.from('50%:100%').toString('base64')}`],
  ])('outgoingMessage() makes basic authentication of %s', (url, authorization) => {
    const message = messageOf({ url });
    expect(message.headers.get('authorization')).toBe(authorization);
    expect(message.url.href).toBe('https://example.com/');
  });

  test("outgoingMessage() prefers the job's own Authorization, and still strips the URL", () => {
    const message = messageOf({ url: 'https://user:pass@example.com/', headers: { Authorization: 'Bearer t' } });
    expect(message.headers.get('authorization')).toBe('Bearer t');
    expect(message.url.username + message.url.password).toBe('');
  });
});

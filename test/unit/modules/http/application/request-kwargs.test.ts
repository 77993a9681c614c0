/** What a configuration may ask of `http.request`, and what it is told when it may not. */
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { DEFAULT_TIMEOUT_MS, requestKwargs } from '../../../../../src/modules/http/application/request-kwargs.ts';

const url = 'https://example.com/';

function faultsOf(kwargs: unknown): string[] {
  const { issues = [] } = v.safeParse(requestKwargs, kwargs);
  return issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
}

describe('requestKwargs', () => {
  test('requestKwargs fills in what is left out', () => {
    const filled = { url, method: 'GET', headers: {}, body: null, timeoutMs: DEFAULT_TIMEOUT_MS };
    expect(v.parse(requestKwargs, { url })).toEqual(filled);
  });

  test.each([
    { url, method: 'PATCH', headers: { 'X-Any': 'täxt\twith tab' }, body: 'text', timeoutMs: 1, expectStatus: 204 },
    { url, body: { nested: [1, null, true] }, expectStatus: [200, 404] },
    { url: 'HTTP://EXAMPLE.com', body: [], headers: { 'x-host': 'h', hosts: 'h', 'content-type': 'text/xml' } },
    { url: 'http://user:pass@example.com:81/p?q#f', body: 0 },
  ])('requestKwargs accepts %j', (kwargs) => {
    expect(faultsOf(kwargs)).toEqual([]);
  });

  test.each([
    [{}, /^url: /],
    [{ url: 7 }, 'url: must be a text'],
    [{ url: 'example.com/path' }, 'url: must be an absolute URL'],
    [{ url: 'ftp://example.com/' }, "url: must begin with 'http://' or 'https://'"],
    [{ url: 'file:///etc/passwd' }, "url: must begin with 'http://' or 'https://'"],
    [{ url, method: 'TRACE' }, /^method: must be one of GET, HEAD, POST/],
    [{ url, method: 'get' }, /^method: must be one of/],
    [{ url, timeoutMs: 0 }, 'timeoutMs: must be at least 1 ms'],
    [{ url, timeoutMs: 1.5 }, 'timeoutMs: must be a whole number of milliseconds'],
    [{ url, timeoutMs: 86_400_001 }, 'timeoutMs: must be at most 86400000 ms, a day'],
    [{ url, expectStatus: 99 }, /^expectStatus: must be at least 200/],
    [{ url, expectStatus: '200' }, /^expectStatus: must be a status/],
    [{ url, expectStatus: [] }, /^expectStatus: must name at least one status/],
    [{ url, headers: { 'two words': 'x' } }, /^headers\.two words: must be a header name/],
    [
      { url, headers: { 'x-any': 'two\r\nlines' } },
      'headers.x-any: must be one line of Latin-1 characters without control characters',
    ],
    [{ url, headers: { 'x-any': '钟' } }, /^headers\.x-any: must be one line/],
    [{ url, headers: { 'x-any': 1 } }, 'headers.x-any: must be a text'],
    [{ url, timeout: 5 }, /timeout/],
  ])('requestKwargs refuses %j and says why', (kwargs, fault) => {
    expect(faultsOf(kwargs)).toEqual([expect.stringMatching(fault)]);
  });

  test.each([
    'Host',
    'host',
    'Content-Length',
    'TRANSFER-ENCODING',
    'Connection',
    'Idempotency-Key',
    'traceparent',
    'TE',
  ])('requestKwargs leaves the header %s to Carillon, in any case', (name) => {
    expect(faultsOf({ url, headers: { [name]: 'x' } })).toEqual([expect.stringContaining('none that is set for you')]);
  });

  test('requestKwargs never repeats a value, which may be a secret', () => {
    const secrets = {
      url: 'hunter2://',
      headers: { 'x-key': 'hunter2\n' },
      method: 'hunter2',
      expectStatus: 'hunter2',
    };
    const faults = faultsOf(secrets);
    expect(faults.length).toBeGreaterThanOrEqual(4);
    expect(faults.join()).not.toContain('hunter2');
  });

  test('requestKwargs turns into JSON Schema without loss, the list of registered jobs shows it', () => {
    const schema = toJsonSchema(requestKwargs, { errorMode: 'throw', typeMode: 'input' });
    expect(schema).toMatchObject({ type: 'object', required: ['url'], additionalProperties: false });
    expect(Object.keys(schema.properties ?? {})).toEqual([
      'url',
      'method',
      'headers',
      'body',
      'timeoutMs',
      'expectStatus',
    ]);
  });
});

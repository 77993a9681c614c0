/** The words for what goes wrong, whichever runtime reports it, and what they must not contain. */
import { describe, expect, test } from 'vitest';
import { CarillonError } from '../../../../../src/modules/foundation/index.ts';
import {
  describeCause,
  HttpRequestError,
  requestLabel,
} from '../../../../../src/modules/http/domain/http-request-error.ts';

function withCode(code: string, message = 'as the runtime says it'): Error {
  return Object.assign(new Error(message), { code });
}

describe('describeCause()', () => {
  test.each(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'CERT_HAS_EXPIRED', 'EAI_AGAIN'])(
    'describeCause() has words of its own for %s, and keeps the code',
    (code) => {
      const words = describeCause(withCode(code));
      expect(words).toContain(`(${code})`);
      expect(words).not.toContain('as the runtime says it');
    },
  );

  test('describeCause() lets the runtime speak where it has no words', () => {
    expect(describeCause(withCode('HPE_INVALID_CONSTANT', 'Expected HTTP/'))).toBe(
      'Expected HTTP/ (HPE_INVALID_CONSTANT)',
    );
    expect(describeCause(new Error('Requires net access'))).toBe('Requires net access');
  });

  test("describeCause() finds the code behind fetch's TypeError", () => {
    const error = new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') });
    expect(describeCause(error)).toContain('(ECONNREFUSED)');
  });

  test('describeCause() finds the code among the addresses that were tried', () => {
    const error = new AggregateError([new Error('no code'), withCode('ENETUNREACH')]);
    expect(describeCause(error)).toContain('(ENETUNREACH)');
  });

  test('describeCause() says so when what was thrown is no error', () => {
    expect(describeCause('boom')).toBe('no reason was given');
    expect(describeCause(undefined)).toBe('no reason was given');
  });

  test("describeCause() cuts a runtime's long speech", () => {
    expect(describeCause(new Error('x'.repeat(10_000)))).toHaveLength(201);
  });
});

describe('requestLabel()', () => {
  test.each([
    ['http://example.com/', 'GET example.com:80'],
    ['https://example.com/', 'GET example.com:443'],
    ['https://example.com:8443/', 'GET example.com:8443'],
    ['http://[2606:4700::1111]/', 'GET [2606:4700::1111]:80'],
    ['https://user:pass@example.com/hooks/T0/secret?token=1#x', 'GET example.com:443'],
  ])('requestLabel() calls %s %s', (url, label) => {
    expect(requestLabel('GET', new URL(url))).toBe(label);
  });
});

describe('HttpRequestError', () => {
  test('HttpRequestError is told by its class and its code, and keeps its cause', () => {
    const cause = new Error('why');
    const error = new HttpRequestError('HTTP_TIMEOUT', 'too late', { cause });
    expect(error).toBeInstanceOf(CarillonError);
    expect(error).toMatchObject({ name: 'HttpRequestError', code: 'HTTP_TIMEOUT', message: 'too late', cause });
  });
});

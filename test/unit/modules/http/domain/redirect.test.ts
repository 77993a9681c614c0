/** Which message follows which redirect, and which headers it must have lost. */
import { describe, expect, test } from 'vitest';
import type { HttpMessage } from '../../../../../src/modules/http/domain/http-message.ts';
import { followRedirect, isRedirect } from '../../../../../src/modules/http/domain/redirect.ts';

function createMessage(overrides: Partial<HttpMessage> = {}): HttpMessage {
  const headers = new Headers({ 'content-type': 'text/plain', accept: '*/*' });
  return { method: 'POST', url: new URL('https://one.example/a/b?q=1'), headers, body: 'hello', ...overrides };
}

describe('isRedirect()', () => {
  test.each([301, 302, 303, 307, 308])('isRedirect() follows %i with a Location', (status) => {
    expect(isRedirect({ status, location: '/' })).toBe(true);
    expect(isRedirect({ status, location: null })).toBe(false);
  });

  test.each([200, 201, 300, 304, 305, 400])('isRedirect() does not follow %i', (status) => {
    expect(isRedirect({ status, location: '/' })).toBe(false);
  });
});

describe('followRedirect()', () => {
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'DELETE', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'HEAD', 'HEAD'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('followRedirect() turns %i after %s into %s', (status, method, next) => {
    expect(followRedirect(createMessage({ method }), status, '/c').method).toBe(next);
  });

  test('followRedirect() drops the body and its headers with the method', () => {
    const next = followRedirect(createMessage(), 303, '/c');
    expect(next.body).toBeNull();
    expect([...next.headers.keys()]).toEqual(['accept']);
  });

  test('followRedirect() keeps the body and its headers on 307 and 308', () => {
    const next = followRedirect(createMessage(), 307, '/c');
    expect(next.body).toBe('hello');
    expect(next.headers.get('content-type')).toBe('text/plain');
  });

  test.each([
    ['c', 'https://one.example/a/c'],
    ['/c', 'https://one.example/c'],
    ['?q=2', 'https://one.example/a/b?q=2'],
    ['//two.example/', 'https://two.example/'],
    ['http://two.example:81/x', 'http://two.example:81/x'],
  ])('followRedirect() resolves %s against the message', (location, target) => {
    expect(followRedirect(createMessage(), 302, location).url.href).toBe(target);
  });

  const secrets = {
    authorization: 'a',
    cookie: 'b',
    'x-api-key': 'c',
    'x-auth-token': 'd',
    'proxy-authorization': 'e',
  };
  const harmless = { accept: '*/*', 'idempotency-key': 'k', traceparent: 't', 'user-agent': 'u' };

  test.each(['https://two.example/', 'http://one.example/', 'https://one.example:8443/', 'https://sub.one.example/'])(
    'followRedirect() takes no secret to %s, another origin',
    (location) => {
      const message = createMessage({ headers: new Headers({ ...secrets, ...harmless }) });
      expect(Object.fromEntries(followRedirect(message, 307, location).headers)).toEqual(harmless);
    },
  );

  test('followRedirect() keeps secrets within the origin, and never touches the message that it was given', () => {
    const message = createMessage({ headers: new Headers(secrets) });
    expect(Object.fromEntries(followRedirect(message, 307, 'https://one.example:443/c').headers)).toEqual(secrets);
    followRedirect(message, 303, 'https://two.example/');
    expect(Object.fromEntries(message.headers)).toEqual(secrets);
  });

  test('followRedirect() ignores userinfo that a target brings along', () => {
    expect(followRedirect(createMessage(), 302, 'https://user:pass@two.example/').url.href).toBe(
      'https://two.example/',
    );
  });

  test.each(['file:///etc/passwd', 'ftp://two.example/', 'javascript:alert(1)', 'data:,x', 'gopher://two.example/'])(
    'followRedirect() refuses %s: only http and https',
    (location) => {
      expect(() => followRedirect(createMessage(), 302, location)).toThrow(
        expect.objectContaining({
          code: 'HTTP_REDIRECT_REFUSED',
          message: expect.stringContaining('only http and https'),
        }),
      );
    },
  );

  test('followRedirect() refuses a target that cannot be read, without repeating it', () => {
    expect(() => followRedirect(createMessage(), 302, 'http://se:cret@[/')).toThrow(
      'POST one.example:443 answered 302 with a target that cannot be read.',
    );
  });
});

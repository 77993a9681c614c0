/**
 * Signing in and out, for browsers: a token becomes a cookie. Open to everybody, since whoever asks shows the token itself;
 * a page of another site is refused, as it is for every change that comes with a cookie.
 */
import { Hono } from 'hono';
import { sessionSchema, signInSchema, toSessionJson } from '../contracts/session.ts';
import type { Credentials } from '../credentials.ts';
import { BODY_PROBLEMS, describeEndpoint, type Endpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { jsonBody } from '../json-body.ts';
import { requireSameOrigin } from '../same-origin.ts';

const SIGN_IN: Endpoint = {
  operationId: 'signIn',
  summary: 'Turn a token into a session',
  description: 'The cookie is HttpOnly and SameSite=Strict, and ends after 12 hours, or when the token is changed.',
  tag: 'session',
  isOpen: true,
  answers: { 201: { description: 'Signed in.', schema: sessionSchema, headers: ['Set-Cookie'] } },
  problems: [401, 403, 429, ...BODY_PROBLEMS],
};
const SIGN_OUT: Endpoint = {
  operationId: 'signOut',
  summary: 'Remove the session from this browser',
  description:
    'The cookie is removed, and kept nowhere else; a copy of it would go on working until its 12 hours are over. A new token ends all sessions of its role.',
  tag: 'session',
  isOpen: true,
  answers: { 204: { description: 'Signed out, or never signed in.', headers: ['Set-Cookie'] } },
  problems: [403],
};

export function sessionRoutes(credentials: Credentials) {
  return new Hono<HttpEnv>()
    .post('/session', describeEndpoint(SIGN_IN), jsonBody(signInSchema), async (c) => {
      // A program has no origin; a browser always says one.
      if (isBrowser(c.req)) requireSameOrigin(c.req);
      const role = await credentials.roleOfToken(c.req.valid('json').token, c);
      return c.json(toSessionJson(role, await credentials.session.set(c, role)), 201);
    })
    .delete('/session', describeEndpoint(SIGN_OUT), (c) => {
      if (isBrowser(c.req)) requireSameOrigin(c.req);
      credentials.session.clear(c);
      return c.body(null, 204);
    });
}

function isBrowser(request: { header(name: string): string | undefined }): boolean {
  return ['origin', 'sec-fetch-site', 'cookie'].some((name) => request.header(name) !== undefined);
}

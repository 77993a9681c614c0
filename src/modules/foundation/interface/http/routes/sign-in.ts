/** The page where a browser signs in. Open to everybody; it holds nothing but a form. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { HTML, SCRIPT, SIGN_IN_PAGE, SIGN_IN_POLICY, SIGN_IN_SCRIPT } from '../pages.ts';

export function signInRoutes() {
  return new Hono<HttpEnv>()
    .get(
      '/sign-in',
      describeEndpoint({
        operationId: 'getSignInPage',
        summary: 'Show the page where a browser signs in',
        tag: 'session',
        isOpen: true,
        answers: { 200: { description: 'The page.', schema: v.string(), mediaType: HTML } },
      }),
      (c) => c.body(SIGN_IN_PAGE, 200, { 'content-type': HTML, 'content-security-policy': SIGN_IN_POLICY }),
    )
    .get(
      '/sign-in.js',
      describeEndpoint({
        operationId: 'getSignInScript',
        summary: "The sign-in page's script",
        tag: 'session',
        isOpen: true,
        answers: { 200: { description: 'JavaScript.', schema: v.string(), mediaType: SCRIPT } },
      }),
      (c) => c.body(SIGN_IN_SCRIPT, 200, { 'content-type': SCRIPT }),
    );
}

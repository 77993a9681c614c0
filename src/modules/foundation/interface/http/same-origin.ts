/**
 * Whether a browser's request comes from a page of ours. A browser adds the cookie to what other sites have it send, and
 * says in headers that no script can write where the request came from.
 *
 * Invariant: a request that does not say it is taken for a stranger's.
 */
import type { HonoRequest } from 'hono';
import { RequestError } from './request-error.ts';

/** @throws RequestError ORIGIN_FORBIDDEN */
export function requireSameOrigin(request: HonoRequest): void {
  const site = request.header('sec-fetch-site');
  const origin = request.header('origin');
  // Behind a proxy that renames the host, the browser's own judgement is the one that holds.
  if (
    site !== undefined ? site === 'same-origin' : origin !== undefined && hostOf(origin) === new URL(request.url).host
  )
    return;
  throw new RequestError(
    'ORIGIN_FORBIDDEN',
    `A change by cookie comes from a page of this service, and this one from '${origin ?? site ?? 'nowhere'}'. Send a token instead.`,
  );
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}

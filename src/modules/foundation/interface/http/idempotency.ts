/**
 * `Idempotency-Key`: a request that is sent again under its key has one effect, and gets the first answer again.
 *
 * How it holds. The key is taken by one statement, for its caller and route; whoever comes meanwhile gets 409. What the request
 * makes has ids that are derived from the key's seed, and an id waits or is recorded once: if the process dies between the
 * effect and the answer, the key is taken over after a minute with the same seed, finds what was made, and answers with it.
 * Only a success is kept. A refusal (4xx) frees the key; after a fault (5xx), which may have had its effect, the same request
 * may be sent again at once.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { IdempotencyKeys, KeyedRequest } from '../../application/ports/idempotency-keys.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import type { HttpEnv } from './http-env.ts';
import { RequestError } from './request-error.ts';

const HEADER = 'idempotency-key';
const MAX_LENGTH = 255;
const REPLAYED = { 'idempotency-replayed': 'true' };
/** What an answer is repeated with, besides its body. */
const KEPT_HEADERS = ['location'];

export const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  description: `At most ${MAX_LENGTH} visible characters; sent again within a day it gets the first answer, with Idempotency-Replayed.`,
};

/** Stands behind `jsonBody`: payloads are the same that are read the same. */
export function idempotency(keys: IdempotencyKeys): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const key = c.req.header(HEADER);
    if (key === undefined) return await next();
    const request = await keyedRequest(c, key);
    const claim = await keys.take(request);
    if (claim.kind === 'otherPayload') throw reused();
    if (claim.kind === 'inFlight') throw inFlight();
    if (claim.kind === 'answered') {
      const { status, headers, body } = claim.answer;
      return c.body(JSON.stringify(body), status as 202, {
        ...{ 'content-type': 'application/json' },
        ...headers,
        ...REPLAYED,
      });
    }
    c.set('idempotencySeed', claim.seed);
    await next();
    await settle(c, keys, request);
    return undefined;
  };
}

async function settle(c: Context<HttpEnv>, keys: IdempotencyKeys, request: KeyedRequest): Promise<void> {
  const { res } = c;
  if (!res.ok) return await keys.release(request, res.status < 500);
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = res.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  await keys.keep(request, {
    status: res.status,
    headers: Object.fromEntries(kept),
    body: await res.clone().json(),
  });
}

async function keyedRequest(c: Context<HttpEnv>, key: string): Promise<KeyedRequest> {
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > MAX_LENGTH) {
    const message = `Must be 1 to ${MAX_LENGTH} visible ASCII characters; this has ${key.length}.`;
    throw new InvalidInputError(message, [{ path: IDEMPOTENCY_KEY.name, message }]);
  }
  const payload = JSON.stringify(c.req.valid('json' as never));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(payload));
  const requestHash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  // The path is decoded, and no database keeps every character as text.
  return { scope: `${c.get('role')} ${c.req.method} ${encodeURI(c.req.path)}`, key, requestHash };
}

function reused(): RequestError {
  const message = 'This key was sent with another payload within the last day. Use a new key for a new request.';
  return new RequestError('IDEMPOTENCY_KEY_REUSED', message);
}

function inFlight(): RequestError {
  const message = 'The first request with this key is being answered. Send it again in a moment.';
  return new RequestError('IDEMPOTENCY_KEY_IN_FLIGHT', message, { headers: { 'retry-after': '2' } });
}

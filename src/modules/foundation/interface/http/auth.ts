/**
 * The one guard before every route. Who shows no token that is known gets 401, who is known and may not gets 403.
 *
 * Invariant: only `requiredRole` opens a route; the guard stands over `*` and reads the very path that the router reads.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { mayActAs, requiredRole, type Role } from './access.ts';
import type { FailureLimit } from './failure-limit.ts';
import type { HttpEnv } from './http-env.ts';
import { RequestError } from './request-error.ts';
import { type RoleTokens, TokenCheck } from './token-check.ts';

export interface GuardOptions {
  readonly tokens: RoleTokens;
  readonly basePath: string;
  readonly failures: FailureLimit;
}

/** Where the runtime does not say who asks, all wrong tokens are counted together. */
const UNKNOWN_CLIENT = 'unknown';
const CHALLENGE = 'Bearer realm="carillon"';

export function guard(options: GuardOptions): MiddlewareHandler<HttpEnv> {
  const tokens = new TokenCheck(options.tokens);
  const { failures } = options;
  return async (c, next) => {
    const role = requiredRole(c.req.method, routedPath(c.req.path, options.basePath));
    if (role !== null) c.set('role', await authorize(c, role, { tokens, failures }));
    await next();
  };
}

/** A path outside the base path is no route of ours, open or not. */
function routedPath(path: string, basePath: string): string {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : '';
}

interface Checks {
  readonly tokens: TokenCheck;
  readonly failures: FailureLimit;
}

async function authorize(c: Context<HttpEnv>, required: Role, checks: Checks): Promise<Role> {
  const token = bearerToken(c.req.header('authorization'));
  if (token === null) throw unauthenticated("Send 'Authorization: Bearer <token>'.", CHALLENGE);
  const held = await checks.tokens.roleOf(token);
  if (held === null) throw refused(checks.failures.take(c.env?.client ?? UNKNOWN_CLIENT));
  if (mayActAs(held, required)) return held;
  throw new RequestError('FORBIDDEN', `This needs the role '${required}'; the token has '${held}'.`, {
    headers: { 'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${required}"` },
  });
}

function bearerToken(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
}

/** A known token is never held up: a stranger's failures must not lock its owner out. */
function refused(waitMs: number): RequestError {
  if (waitMs === 0) return unauthenticated('No role has this token.', `${CHALLENGE}, error="invalid_token"`);
  const seconds = String(Math.ceil(waitMs / 1_000));
  return new RequestError('TOO_MANY_FAILURES', `Too many wrong tokens. Try again in ${seconds} s.`, {
    headers: { 'retry-after': seconds },
  });
}

function unauthenticated(message: string, challenge: string): RequestError {
  return new RequestError('UNAUTHENTICATED', message, { headers: { 'www-authenticate': challenge } });
}

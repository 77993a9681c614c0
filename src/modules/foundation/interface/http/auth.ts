/**
 * The one guard before every route. Who shows nothing that is known gets 401, who is known and may not gets 403.
 *
 * Invariant: only `requiredRole` opens a route; the guard stands over `*` and reads the very path that the router reads.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { mayActAs, requiredRole, type Role } from './access.ts';
import { CHALLENGE, type Credentials } from './credentials.ts';
import type { HttpEnv } from './http-env.ts';
import { RequestError } from './request-error.ts';

export function guard(credentials: Credentials, basePath: string): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const role = requiredRole(c.req.method, routedPath(c.req.path, basePath));
    if (role !== null) c.set('role', await authorize(c, role, credentials));
    await next();
  };
}

/** A path outside the base path is no route of ours, open or not. */
function routedPath(path: string, basePath: string): string {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : '';
}

async function authorize(c: Context<HttpEnv>, required: Role, credentials: Credentials): Promise<Role> {
  const held = await credentials.roleOf(c);
  if (mayActAs(held, required)) return held;
  throw new RequestError('FORBIDDEN', `This needs the role '${required}', and you have '${held}'.`, {
    headers: { 'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${required}"` },
  });
}

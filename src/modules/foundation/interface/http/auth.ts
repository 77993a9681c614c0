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
    if (role !== null && (await isStrangerAtPage(c, basePath, credentials))) return c.redirect('sign-in');
    if (role !== null) c.set('role', await authorize(c, role, credentials));
    await next();
  };
}

/** A browser without a session that asks for the reference page: the page to sign in at leads back there. */
async function isStrangerAtPage(c: Context<HttpEnv>, basePath: string, credentials: Credentials): Promise<boolean> {
  const isPage = c.req.method === 'GET' && c.req.path === `${basePath}/docs`;
  if (!isPage || c.req.header('accept')?.includes('text/html') !== true) return false;
  return c.req.header('authorization') === undefined && !(await credentials.isKnown(c));
}

/** A path outside the base path is no route of ours, open or not; but for the probes, which answer at the root too. */
function routedPath(path: string, basePath: string): string {
  if (path === '/livez' || path === '/readyz') return path;
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : '';
}

async function authorize(c: Context<HttpEnv>, required: Role, credentials: Credentials): Promise<Role> {
  const held = await credentials.roleOf(c);
  if (mayActAs(held, required)) return held;
  throw new RequestError('FORBIDDEN', `This needs the role '${required}', and you have '${held}'.`, {
    headers: { 'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${required}"` },
  });
}

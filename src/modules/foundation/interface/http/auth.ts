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
    const place = role === null ? null : await placeForBrowser(c, basePath, credentials);
    if (place !== null) return c.redirect(place);
    if (role !== null) c.set('role', await authorize(c, role, credentials));
    await next();
  };
}

/**
 * Where a browser is led instead; null: nowhere. Without a session to the page to sign in at, from the reference page, which
 * that leads back to, and from the bare address; with one, from there to the reference page.
 */
async function placeForBrowser(
  c: Context<HttpEnv>,
  basePath: string,
  credentials: Credentials,
): Promise<string | null> {
  const { method, path } = c.req;
  const isReference = path === `${basePath}/docs`;
  if (method !== 'GET' || !(isReference || path === basePath || path === `${basePath}/`)) return null;
  if (c.req.header('accept')?.includes('text/html') !== true || c.req.header('authorization') !== undefined)
    return null;
  const isKnown = await credentials.isKnown(c);
  if (isReference) return isKnown ? null : 'sign-in';
  const page = isKnown ? 'docs' : 'sign-in';
  return path.endsWith('/') ? page : `${basePath.slice(basePath.lastIndexOf('/') + 1)}/${page}`;
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

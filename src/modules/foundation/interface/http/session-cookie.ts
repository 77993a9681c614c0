/**
 * A browser's session: a role and an end, signed. Kept nowhere but in the cookie.
 *
 * Invariant: the key is derived from the role's token, so that every replica with the same tokens knows every session, and
 * a token that is changed ends its sessions. No script can read the cookie, and no other site can have it sent.
 */
import type { Context } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { type Role, ROLES } from './access.ts';
import type { HttpEnv } from './http-env.ts';
import type { RoleTokens } from './token-check.ts';

const NAME = 'carillon_session';
export const SESSION_MS = 12 * 3_600_000;

export class SessionCookie {
  readonly #keys: Promise<ReadonlyMap<Role, string>>;
  readonly #path: string;

  constructor(tokens: RoleTokens, basePath: string) {
    this.#path = basePath === '' ? '/' : basePath;
    this.#keys = keysOf(tokens);
  }

  async set(c: Context<HttpEnv>, role: Role): Promise<Date> {
    const endsAt = Date.now() + SESSION_MS;
    const key = (await this.#keys).get(role);
    if (key === undefined) throw new Error(`No token is configured for '${role}', and somebody showed it.`);
    await setSignedCookie(c, NAME, `${role}.${endsAt}`, key, { ...this.#attributes(c), maxAge: SESSION_MS / 1_000 });
    return new Date(endsAt);
  }

  clear(c: Context<HttpEnv>): void {
    deleteCookie(c, NAME, this.#attributes(c));
  }

  /** Null: there is none, it has ended, or nobody here signed it. */
  async roleOf(c: Context<HttpEnv>): Promise<Role | null> {
    for (const [role, key] of await this.#keys) {
      const value = await getSignedCookie(c, key, NAME);
      if (typeof value !== 'string') continue;
      const [signedRole, endsAt] = value.split('.');
      if (signedRole === role && Number(endsAt) > Date.now()) return role;
    }
    return null;
  }

  #attributes(c: Context<HttpEnv>) {
    const isSecure = new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https';
    return { path: this.#path, httpOnly: true, sameSite: 'Strict', secure: isSecure } as const;
  }
}

async function keysOf(tokens: RoleTokens): Promise<ReadonlyMap<Role, string>> {
  const given = ROLES.flatMap((role) => (tokens[role] ? [{ role, token: tokens[role] }] : []));
  return new Map(await Promise.all(given.map(async ({ role, token }) => [role, await derivedKey(token)] as const)));
}

async function derivedKey(token: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`carillon session 1\n${token}`));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

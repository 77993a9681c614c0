/** Who asks: by a token in a header, or by a session's cookie. Owns the limit of failures, which both ways of asking share. */
import type { Context } from 'hono';
import { mayActAs, type Role } from './access.ts';
import type { FailureLimit } from './failure-limit.ts';
import type { HttpEnv } from './http-env.ts';
import { RequestError } from './request-error.ts';
import { requireSameOrigin } from './same-origin.ts';
import { SessionCookie } from './session-cookie.ts';
import { type RoleTokens, TokenCheck } from './token-check.ts';

export interface CredentialsOptions {
  readonly tokens: RoleTokens;
  readonly basePath: string;
  readonly failures: FailureLimit;
}

/** Where the runtime does not say who asks, all wrong tokens are counted together. */
const UNKNOWN_CLIENT = 'unknown';
export const CHALLENGE = 'Bearer realm="carillon"';

export class Credentials {
  readonly session: SessionCookie;
  readonly #tokens: TokenCheck;
  readonly #failures: FailureLimit;

  constructor({ tokens, basePath, failures }: CredentialsOptions) {
    this.session = new SessionCookie(tokens, basePath);
    this.#tokens = new TokenCheck(tokens);
    this.#failures = failures;
  }

  /** A header goes before a cookie. @throws RequestError UNAUTHENTICATED, TOO_MANY_FAILURES, ORIGIN_FORBIDDEN */
  async roleOf(c: Context<HttpEnv>): Promise<Role> {
    const header = c.req.header('authorization');
    const token = bearerToken(header);
    if (token !== null) return await this.roleOfToken(token, c);
    const held = header === undefined ? await this.session.roleOf(c) : null;
    if (held === null) throw unauthenticated("Send 'Authorization: Bearer <token>', or sign in.", CHALLENGE);
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') requireSameOrigin(c.req);
    return held;
  }

  /** Of routes that are open to everybody; a wrong token counts as one. */
  async isKnown(c: Context<HttpEnv>): Promise<boolean> {
    try {
      return mayActAs(await this.roleOf(c), 'viewer');
    } catch (error) {
      if (error instanceof RequestError) return false;
      throw error;
    }
  }

  /** @throws RequestError UNAUTHENTICATED, TOO_MANY_FAILURES */
  async roleOfToken(token: string, c: Context<HttpEnv>): Promise<Role> {
    const held = await this.#tokens.roleOf(token);
    if (held === null) throw refused(this.#failures.take(c.env?.client ?? UNKNOWN_CLIENT));
    return held;
  }
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

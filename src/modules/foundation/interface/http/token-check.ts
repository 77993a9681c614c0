/**
 * Which role a token stands for.
 *
 * Invariant: tokens are compared as SHA-256 hashes, in full and with each role's, whatever the outcome, so that the time
 * an answer takes tells nothing; a role without a token cannot be taken.
 */
import { type Role, ROLES } from './access.ts';

export type RoleTokens = Readonly<Partial<Record<Role, string>>>;

interface KnownToken {
  readonly role: Role;
  readonly hash: Uint8Array;
}

export class TokenCheck {
  readonly #known: Promise<readonly KnownToken[]>;

  constructor(tokens: RoleTokens) {
    const given = ROLES.map((role) => ({ role, token: tokens[role] ?? '' })).filter(({ token }) => token !== '');
    this.#known = Promise.all(given.map(async ({ role, token }) => ({ role, hash: await sha256(token) })));
  }

  /** The highest role that has this token; null: none has. */
  async roleOf(token: string): Promise<Role | null> {
    const hash = await sha256(token);
    let held: Role | null = null;
    for (const known of await this.#known) {
      if (isEqual(hash, known.hash)) held = known.role;
    }
    return held;
  }
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let index = 0; index < a.length; index += 1) difference |= a[index]! ^ b[index]!;
  return difference === 0;
}

/**
 * Who may do what. Owns the roles and the one table of routes that are open or need another role than their method's.
 *
 * Invariant: what the table does not name is closed: reading needs a viewer, everything else an admin. A path that is
 * spelled in an unforeseen way therefore never needs less than the route that it reaches.
 */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

interface AccessRule {
  readonly methods: readonly string[];
  readonly path: RegExp;
  /** null: open to everybody. */
  readonly role: Role | null;
}

const READING = ['GET', 'HEAD'] as const;

// oxfmt-ignore
const RULES: readonly AccessRule[] = [
  { methods: READING, path: /^\/(livez|readyz|sign-in|sign-in\.js)$/, role: null },
  // Whoever signs in shows the token itself.
  { methods: ['POST', 'DELETE'], path: /^\/session$/, role: null },
  { methods: ['POST'], path: /^\/admin\/jobs\/[^/]+\/(trigger|pause|resume|backfill)$/, role: 'operator' },
  { methods: ['POST'], path: /^\/admin\/executions\/[^/]+\/(cancel|retry)$/, role: 'operator' },
  { methods: ['POST'], path: /^\/admin\/schedules\/preview$/, role: 'viewer' },
];

/** @param path as the router sees it, without the base path @returns null: open to everybody */
export function requiredRole(method: string, path: string): Role | null {
  const rule = RULES.find((candidate) => candidate.methods.includes(method) && candidate.path.test(path));
  if (rule !== undefined) return rule.role;
  return READING.some((reading) => reading === method) ? 'viewer' : 'admin';
}

export function mayActAs(held: Role, required: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(required);
}

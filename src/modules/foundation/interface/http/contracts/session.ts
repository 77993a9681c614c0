/** A browser's session in JSON. */
import * as v from 'valibot';
import { type Role, ROLES } from '../access.ts';
import { instant, instantText } from './instant.ts';

export const signInSchema = v.strictObject({
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000), v.description('The token of a role.')),
});

export const sessionSchema = v.pipe(
  v.strictObject({ role: v.picklist(ROLES), endsAt: instant }),
  v.metadata({ ref: 'Session' }),
);
export type SessionJson = v.InferOutput<typeof sessionSchema>;

export function toSessionJson(role: Role, endsAt: Date): SessionJson {
  return { role, endsAt: instantText(endsAt) };
}

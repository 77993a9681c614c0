/** A job's revision as an entity tag, and the preconditions that name one (RFC 9110, section 13). */
import type { EditPrecondition } from '../../application/job-precondition.ts';

export function entityTag(revision: number): string {
  return `"${revision}"`;
}

/** A bare number is taken too, for whoever types it; a weak tag, or one that is not ours, matches nothing. */
export function readPrecondition(header: (name: string) => string | undefined): EditPrecondition {
  const ifMatch = header('if-match')?.trim();
  const ifNoneMatch = header('if-none-match')?.trim() === '*';
  if (ifMatch === undefined) return { ifNoneMatch };
  return { ifNoneMatch, ifMatch: ifMatch === '*' ? '*' : ifMatch.split(',').flatMap(revisionOf) };
}

function revisionOf(tag: string): number[] {
  const digits = /^(?:"(\d{1,15})"|(\d{1,15}))$/.exec(tag.trim());
  return digits === null ? [] : [Number(digits[1] ?? digits[2])];
}

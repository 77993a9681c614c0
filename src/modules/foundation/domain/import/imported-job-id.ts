/**
 * Job ids for rows that come from elsewhere: derived from what they run, the same at each import, unique within one.
 *
 * Invariant: an id is 1 to 200 ASCII letters, digits, `.`, `_`, `:` and `-`, a letter or digit first, as the API wants it.
 */
import { stableHash } from '../cron/stable-hash.ts';

const USABLE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/;
const LONGEST_SLUG = 40;
export const LONGEST_NAME = 200;

/** Whether an id may stay as it is. */
export function isUsableJobId(id: string): boolean {
  return USABLE.test(id);
}

/** Eight hexadecimal digits of a text's hash. */
export function shortHash(text: string): string {
  return stableHash(text).toString(16).padStart(8, '0');
}

/** Lower-case words with hyphens; `job` where nothing is left of the text. */
export function slugOf(text: string): string {
  const slug = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_SLUG)
    .replaceAll(/^-+|-+$/g, '');
  return slug === '' ? 'job' : slug;
}

/** A text on one line and within the length of a job's name. */
export function nameOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= LONGEST_NAME) return line;
  const halfPair = /[\uD800-\uDBFF]$/;
  return `${line.slice(0, LONGEST_NAME - 1).replace(halfPair, '')}…`;
}

/** Numbers the ids that would come twice, in the order in which they are asked for. */
export class UniqueIds {
  readonly #taken = new Set<string>();

  /** @returns `wanted`, or with `-2`, `-3` … after it */
  take(wanted: string): string {
    let id = wanted;
    for (let n = 2; this.#taken.has(id); n += 1) id = `${wanted}-${n}`;
    this.#taken.add(id);
    return id;
  }
}

/**
 * Environment lines of a crontab, `NAME = value`.
 *
 * Invariant: as crontab(5) and cronie's load_env have it: white space around `=` is free, matching quotes keep blanks,
 * an unquoted value loses its trailing ones.
 */

export interface NameAndValue {
  readonly name: string;
  readonly value: string;
}

const ASSIGNMENT = /^\s*(?:"([^"=]*)"|'([^'=]*)'|([^\s='"][^\s=]*))\s*=(.*)$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VALUE = /^(?:"([^"]*)"|'([^']*)'|([^"'].*)?)$/;

/**
 * Reads a line as a setting.
 * @returns null where the line is none; a text where it is one that cannot be read
 */
export function readSetting(line: string): NameAndValue | string | null {
  const match = ASSIGNMENT.exec(line);
  if (match === null) return null;
  const name = match[1] ?? match[2] ?? match[3]!;
  if (!NAME.test(name)) return `'${name}' is not the name of an environment variable`;
  const value = VALUE.exec(match[4]!.trim());
  if (value === null) return `the value of ${name} has a quote without its match, or text behind it`;
  return { name, value: value[1] ?? value[2] ?? value[3] ?? '' };
}

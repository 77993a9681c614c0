/** Names in the environment that are one slip away from a setting's: meant for it, and without effect as they stand. */
export interface MisspeltSetting {
  readonly path: string;
  readonly message: string;
}

/** A name so short is one slip away from too many others. */
const MIN_NAME_LENGTH = 8;

/** @param names those of all settings; one that is given itself is missed by nobody */
export function misspeltSettings(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): MisspeltSetting[] {
  const missing = names.filter((name) => name.length >= MIN_NAME_LENGTH && !env[name]);
  return Object.keys(env).flatMap((path) => {
    if (!env[path] || names.includes(path)) return [];
    const meant = missing.find((name) => isOneSlipAway(path.toUpperCase(), name));
    return meant === undefined ? [] : [{ path, message: `is no setting: did you mean ${meant}?` }];
  });
}

/** One letter too many, too few or wrong, or two changed over; or the same but for upper and lower case. */
function isOneSlipAway(given: string, name: string): boolean {
  let start = 0;
  while (start < given.length && given[start] === name[start]) start += 1;
  const givenRest = given.slice(start);
  const nameRest = name.slice(start);
  return (
    givenRest.slice(1) === nameRest.slice(1) ||
    givenRest.slice(1) === nameRest ||
    givenRest === nameRest.slice(1) ||
    (givenRest[0] === nameRest[1] && givenRest[1] === nameRest[0] && givenRest.slice(2) === nameRest.slice(2))
  );
}

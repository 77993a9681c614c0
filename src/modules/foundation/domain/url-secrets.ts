/**
 * Secrets within a text: the password of an address (`https://user:password@host`), and the values of its query's, fragment's or
 * form's parameters that are named like a secret. Invariant: rather a character too many is hidden than one too few; the time it
 * takes grows with the text's length alone.
 */
import { isSecretKey, MASK } from './secret-key.ts';

/** Up to the last `@` before the path, as URLs are read. */
const PASSWORD = /(:\/\/[^\s/?#:@]*:)([^\s/?#]+)(?=@)/g;
const PARAMETER = /(?:^|[?&#])([^\s=&#?]+)=/g;
const PARAMETER_VALUE = /[^\s&#]*/y;

/** The text with `***` in place of each secret. */
export function maskUrlSecrets(text: string): string {
  return replaceUrlSecrets(text, () => MASK);
}

/** Was it masked, or does it say `***` of its own? */
export function holdsMaskedSecret(text: string): boolean {
  return urlSecrets(text).includes(MASK);
}

export function urlSecrets(text: string): string[] {
  const found: string[] = [];
  replaceUrlSecrets(text, (secret) => {
    found.push(secret);
    return MASK;
  });
  return found;
}

function replaceUrlSecrets(text: string, replace: (secret: string) => string): string {
  const withoutPassword = text.includes('://')
    ? text.replace(PASSWORD, (_whole, before: string, password: string) => before + replace(password))
    : text;
  return withoutPassword.includes('=') ? replaceParameters(withoutPassword, replace) : withoutPassword;
}

function replaceParameters(text: string, replace: (secret: string) => string): string {
  let replaced = '';
  let from = 0;
  for (const found of text.matchAll(PARAMETER)) {
    const valueAt = found.index + found[0].length;
    if (found.index < from || !isSecretKey(found[1] ?? '')) continue;
    PARAMETER_VALUE.lastIndex = valueAt;
    const value = PARAMETER_VALUE.exec(text)?.[0] ?? '';
    if (value === '') continue;
    replaced += text.slice(from, valueAt) + replace(value);
    from = valueAt + value.length;
  }
  return replaced + text.slice(from);
}

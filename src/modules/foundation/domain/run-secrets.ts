/**
 * The secrets in one run's arguments, and what the run says without them: a function may write its token into a line, an error
 * or its result, where no key gives it away.
 *
 * Invariant: nothing that goes through here holds a secret of `MIN_SECRET_LENGTH` or more, as it stands in the arguments, or as a URL
 * or JSON writes it. Shorter ones are left: they would hide half of what is said. Where a part of the arguments cannot be read, the
 * secrets of all others are hidden. A run without secrets pays one look at its arguments.
 */
import { describeError } from './describe-error.ts';
import { failureReasonOf } from './failure-reason.ts';
import type { Json } from './json.ts';
import { isSecretKey, MASK } from './secret-key.ts';
import { toJson } from './to-json.ts';
import { urlSecrets } from './url-secrets.ts';

export const MIN_SECRET_LENGTH = 6;
/** Of a header: what comes after the scheme is a secret by itself. */
const SCHEME = /^(?:bearer|basic|token|digest|apikey) +/i;

export class RunSecrets {
  readonly #kwargs: Json;
  #found: readonly string[] | null = null;

  /** @param kwargs the run's arguments, or a list of those that are laid over one another */
  constructor(kwargs: Json) {
    this.#kwargs = kwargs;
  }

  get isEmpty(): boolean {
    return this.#secrets.length === 0;
  }

  text(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  }

  /** Anything a job hands in; what holds nothing to hide is given back as it is. */
  value(value: unknown): unknown {
    if (value === undefined || value === null || this.isEmpty) return value;
    return this.#json(toJson(value));
  }

  /** What a line carries. An error keeps its stack. Never throws. */
  properties(given: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
    if (given === undefined || given === null || this.isEmpty) return given;
    try {
      return Object.fromEntries(Object.keys(given).map((key) => [this.text(key), this.#property(given[key])]));
    } catch (error) {
      return { unreadable: this.text(describeError(error).message) };
    }
  }

  /** The same error where it says no secret, or is one of ours about the run; else its words without them. Never throws. */
  error(thrown: unknown): unknown {
    if (this.isEmpty || failureReasonOf(thrown) !== 'ERROR') return thrown;
    const { message, stack } = describeError(thrown);
    const shown = this.text(message);
    const shownStack = stack === null ? null : this.text(stack);
    if (shown === message && shownStack === stack) return thrown;
    const told = new Error(shown);
    Object.defineProperty(told, 'stack', { value: shownStack });
    return told;
  }

  #property(value: unknown): unknown {
    return value instanceof Error ? this.error(value) : this.value(value);
  }

  #json(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#json(item));
    if (typeof value !== 'object' || value === null) return this.#secrets.includes(String(value)) ? MASK : value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#json(item)]));
  }

  get #secrets(): readonly string[] {
    this.#found ??= longestFirst(readSecrets(this.#kwargs).flatMap(spellings));
    return this.#found;
  }
}

interface Part {
  readonly value: unknown;
  readonly isSecret: boolean;
}

/**
 * Arguments that a program registers by hand may throw when they are read, or hold themselves: what cannot be read is left
 * out alone. What is seen twice is looked at twice where it is a secret in one of its places only.
 */
function readSecrets(kwargs: Json): string[] {
  const found: string[] = [];
  const seen = { secret: new Set<unknown>(), open: new Set<unknown>() };
  const parts: Part[] = [{ value: kwargs, isSecret: false }];
  for (const { value, isSecret } of parts) {
    if (typeof value === 'string') found.push(...(isSecret ? [value] : urlSecrets(value)));
    if (typeof value === 'number' && isSecret) found.push(String(value));
    const known = isSecret ? seen.secret : seen.open;
    if (typeof value !== 'object' || value === null || known.has(value)) continue;
    known.add(value);
    for (const part of partsOf(value, isSecret)) parts.push(part);
  }
  return found;
}

function partsOf(whole: object, isSecret: boolean): Part[] {
  const keys = readable(() => Object.keys(whole)) ?? [];
  return keys.map((key) => ({
    value: readable((): unknown => whole[key as keyof typeof whole]),
    isSecret: isSecret || isSecretKey(key),
  }));
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** As others write it: bare of its scheme, decoded from a URL, encoded for one, quoted in JSON. */
function spellings(secret: string): string[] {
  const bare = secret.replace(SCHEME, '');
  return [secret, bare].flatMap((form) => [form, decoded(form), encoded(form), JSON.stringify(form).slice(1, -1)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No percent-encoding, but a text that has a % in it.
    return text;
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** One within another would leave the rest of it to be read. */
function longestFirst(secrets: readonly string[]): readonly string[] {
  const long = [...new Set(secrets)].filter((secret) => secret.length >= MIN_SECRET_LENGTH && secret !== MASK);
  return long.toSorted((a, b) => b.length - a.length);
}

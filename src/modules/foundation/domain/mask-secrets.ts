/**
 * Secrets in keyword arguments: hidden on their way out, and kept when the hidden form comes back in.
 *
 * Invariant: whatever `maskSecrets` gives holds no value that stood under a secret key, nor a secret of an address;
 * `restoreSecrets` never moves a secret to another place than the one it was stored at, an array element that is otherwise
 * the same excepted, and never to another address.
 */
import type { Json, JsonObject } from './job-definition.ts';
import { isSecretKey, MASK } from './secret-key.ts';
import { holdsMaskedSecret, maskUrlSecrets } from './url-secrets.ts';

/** A copy in which every value under a secret key is `***`, and each secret of an address within a text. */
export function maskSecrets<T extends Json>(value: T): T;
export function maskSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item));
  if (typeof value === 'string') return maskUrlSecrets(value);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isSecretKey(key) && item !== null ? MASK : maskSecrets(item)]),
  );
}

export interface RestoredSecrets {
  readonly value: JsonObject;
  /** Where `***` stands and nothing is stored that it could mean. */
  readonly missing: readonly string[];
}

/** Puts what is stored where `***` came back under a secret key, and where a masked text came back as it was shown. */
export function restoreSecrets(given: JsonObject, stored: JsonObject): RestoredSecrets {
  const missing: string[] = [];
  const value = restoreObject(given, stored, { path: '', missing });
  return { value, missing };
}

interface Place {
  readonly path: string;
  readonly missing: string[];
}

function restoreObject(given: JsonObject, stored: Json | undefined, place: Place): JsonObject {
  const known = isObject(stored) ? stored : {};
  return Object.fromEntries(
    Object.entries(given).map(([key, item]) => {
      const path = place.path === '' ? key : `${place.path}.${key}`;
      const storedItem = Object.hasOwn(known, key) ? known[key] : undefined;
      if (!isSecretKey(key) || item !== MASK) return [key, restoreValue(item, storedItem, { ...place, path })];
      if (storedItem === undefined || storedItem === null) place.missing.push(path);
      return [key, storedItem ?? MASK];
    }),
  );
}

function restoreValue(given: Json, stored: Json | undefined, place: Place): Json {
  if (Array.isArray(given)) return restoreArray(given, Array.isArray(stored) ? stored : [], place);
  if (typeof given === 'string') return restoreText(given, stored, place);
  return isObject(given) ? restoreObject(given, stored, place) : given;
}

/** An address whose other parts have changed would carry the secret to somebody else. */
function restoreText(given: string, stored: Json | undefined, place: Place): string {
  if (given === stored || !holdsMaskedSecret(given)) return given;
  if (typeof stored === 'string' && maskUrlSecrets(stored) === given) return stored;
  place.missing.push(place.path);
  return given;
}

/** An element keeps its secrets only where all else of it is as stored; the same index is asked first. */
function restoreArray(given: Json[], stored: Json[], place: Place): Json[] {
  const masked = stored.map((item) => JSON.stringify(maskSecrets(item)));
  return given.map((item, index) => {
    const form = JSON.stringify(item);
    const match = masked[index] === form ? index : masked.indexOf(form);
    return restoreValue(item, match === -1 ? undefined : stored[match], { ...place, path: `${place.path}.${index}` });
  });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever a job returns, as JSON: what cannot be said in JSON is described, never thrown over. */
import { describeError } from './describe-error.ts';
import type { Json } from './job-definition.ts';

/**
 * `undefined` and functions become null; a BigInt its digits; an error its message; maps and sets their entries and
 * elements; a cycle or a throwing getter a text that says so. Never throws.
 */
export function toJson(value: unknown): Json {
  if (value === undefined || value === null) return null;
  try {
    const text = JSON.stringify(value, (_key, inner: unknown) => sayable(inner));
    return text === undefined ? null : (JSON.parse(text) as Json);
  } catch (error) {
    return `The value cannot be written as JSON: ${describeError(error).message}`;
  }
}

function sayable(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return describeError(value).message;
  if (value instanceof Map) return [...value];
  return value instanceof Set ? [...value] : value;
}

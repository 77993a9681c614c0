/** Whatever a job returns, as JSON: what cannot be said in JSON is described, never thrown over. */
import { describeError } from './describe-error.ts';
import type { Json } from './job-definition.ts';

/** `undefined` and functions become null; a BigInt its digits; a cycle or a throwing getter a text that says so. Never throws. */
export function toJson(value: unknown): Json {
  try {
    const text = JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'bigint' ? inner.toString() : inner,
    );
    return text === undefined ? null : (JSON.parse(text) as Json);
  } catch (error) {
    return `The result cannot be written as JSON: ${describeError(error).message}`;
  }
}

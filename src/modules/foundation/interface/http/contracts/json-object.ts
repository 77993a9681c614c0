/** A JSON object of any content, as it is in keyword arguments. */
import * as v from 'valibot';
import type { Json, JsonObject } from '../../../domain/job-definition.ts';

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const jsonObject = v.pipe(
  v.custom<JsonObject>(isObject, 'Must be a JSON object.'),
  v.metadata({ type: 'object', additionalProperties: true }),
);

export const jsonValue = v.custom<Json>(() => true);

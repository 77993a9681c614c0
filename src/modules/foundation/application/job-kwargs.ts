/** The keyword arguments that a function gets: its defaults, the job's own laid over them, checked by its schema. */
import { InvalidKwargsError } from '../domain/errors.ts';
import type { JsonObject, RegisteredJob } from '../domain/job-definition.ts';

/** The arguments of a function that has no schema. */
export function mergeKwargs(handler: RegisteredJob, jobKwargs: JsonObject): JsonObject {
  return { ...handler.defaults, ...jobKwargs };
}

/**
 * @returns what the schema made of them (coerced, defaults filled in), or the merged arguments where there is no schema
 * @throws InvalidKwargsError naming every fault and its path
 */
export async function validateKwargs(handler: RegisteredJob, jobKwargs: JsonObject): Promise<unknown> {
  const merged = mergeKwargs(handler, jobKwargs);
  if (handler.kwargs === undefined) return merged;
  const result = await handler.kwargs['~standard'].validate(merged);
  if (result.issues === undefined) return result.value;
  const errors = result.issues.map((issue) => ({
    path: ['jobKwargs', ...(issue.path ?? []).map(segmentName)].join('.'),
    message: issue.message,
  }));
  throw new InvalidKwargsError(
    `The arguments do not fit '${handler.id}': ${errors.map((error) => `${error.path}: ${error.message}`).join('; ')}`,
    errors,
  );
}

function segmentName(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}

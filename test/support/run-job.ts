/** Runs one registered job function as the executor does: kwargs through its schema, then the function. */
import type { JobContext, JobDefinition, JobRegistry, JsonObject } from '../../src/modules/foundation/index.ts';

/** @throws Error `kwargs: <path> <message>; …` when the schema refuses them */
export async function runJob(
  registry: JobRegistry,
  jobId: string,
  kwargs: JsonObject,
  context: JobContext,
): Promise<unknown> {
  const definition = registry[jobId] as JobDefinition;
  const checked = (await definition.kwargs?.['~standard'].validate(kwargs)) ?? { value: kwargs };
  if (checked.issues === undefined) return definition.run(checked.value, context);
  const faults = checked.issues.map(({ path, message }) => `${path?.map(segmentName).join('.') ?? ''} ${message}`);
  throw new Error(`kwargs: ${faults.join('; ')}`);
}

function segmentName(segment: PropertyKey | { key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}

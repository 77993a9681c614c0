/** The registered job functions in JSON. */
import * as v from 'valibot';
import type { RegistryEntryView } from '../../../application/registry-view.ts';
import { jsonObject } from './json-object.ts';
import { nextCursor } from './list.ts';

const registryEntrySchema = v.pipe(
  v.strictObject({
    id: v.pipe(v.string(), v.description("What a job's 'handler' names.")),
    module: v.string(),
    description: v.nullable(v.string()),
    kwargsSchema: v.pipe(
      v.nullable(jsonObject),
      v.description('JSON Schema of the keyword arguments; null: none is known.'),
    ),
    defaults: jsonObject,
  }),
  v.metadata({ ref: 'RegistryEntry' }),
);
export type RegistryEntryJson = v.InferOutput<typeof registryEntrySchema>;

export const registryPageSchema = v.pipe(
  v.strictObject({ items: v.array(registryEntrySchema), nextCursor }),
  v.metadata({ ref: 'RegistryPage' }),
);

export function toRegistryEntryJson(entry: RegistryEntryView): RegistryEntryJson {
  // A JSON Schema is JSON, whatever its converter's types say.
  return { ...entry, kwargsSchema: JSON.parse(JSON.stringify(entry.kwargsSchema)) };
}

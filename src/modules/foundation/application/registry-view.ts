/** The merged registry as it is shown: each function, and the JSON Schema of its arguments where its own schema gives one. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { toJsonSchema } from '@valibot/to-json-schema';
import type { JsonObject, MergedJobRegistry, RegisteredJob } from '../domain/job-definition.ts';
import { maskSecrets } from '../domain/mask-secrets.ts';

export interface RegistryEntryView {
  readonly id: string;
  readonly module: string;
  readonly description: string | null;
  /** null: the function takes any arguments, or its schema cannot be written as JSON Schema. */
  readonly kwargsSchema: Record<string, unknown> | null;
  readonly defaults: JsonObject;
}

/** In the order of their ids. */
export function viewRegistry(registry: MergedJobRegistry): RegistryEntryView[] {
  return [...registry.values()].map(viewEntry).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function viewEntry(job: RegisteredJob): RegistryEntryView {
  return {
    id: job.id,
    module: job.module,
    description: job.description ?? null,
    kwargsSchema: job.kwargs === undefined ? null : jsonSchemaOf(job.kwargs),
    defaults: maskSecrets(job.defaults ?? {}),
  };
}

interface JsonSchemaConverter {
  readonly jsonSchema?: { input(options: { target: string }): Record<string, unknown> };
}

/** By Standard JSON Schema where the library has it (zod, arktype); valibot's converter is a package of its own. */
export function jsonSchemaOf(schema: StandardSchemaV1): Record<string, unknown> | null {
  try {
    const standard: StandardSchemaV1['~standard'] & JsonSchemaConverter = schema['~standard'];
    if (standard.jsonSchema !== undefined) return standard.jsonSchema.input({ target: 'draft-2020-12' });
    if (!isValibot(schema)) return null;
    return { ...toJsonSchema(schema, { target: 'draft-2020-12', typeMode: 'input', errorMode: 'ignore' }) };
  } catch {
    return null;
  }
}

function isValibot(schema: StandardSchemaV1): schema is StandardSchemaV1 & Parameters<typeof toJsonSchema>[0] {
  return schema['~standard'].vendor === 'valibot';
}

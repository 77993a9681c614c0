/**
 * Checks a value against a JSON Schema, as far as the document uses it. A keyword that is not known here is an error: a
 * schema must not seem to hold because nobody looked.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

const SILENT = new Set(['description', 'title', 'examples', 'example', 'default', '$schema']);
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Check = (value: unknown, keyword: never, at: Place) => string[];
interface Place {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

/** @returns what does not fit, each with its path */
export function schemaFaults(value: unknown, schema: JsonSchema, root: JsonSchema, path = '$'): string[] {
  return Object.entries(schema).flatMap(([keyword, content]) => {
    if (SILENT.has(keyword) || keyword.startsWith('x-')) return [];
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`No check of the JSON Schema keyword '${keyword}' at ${path}.`);
    return check(value, content as never, { path, schema, root });
  });
}

const CHECKS: Readonly<Record<string, Check>> = {
  type: (value, type: string | string[], { path }) =>
    [type].flat().some((name) => isOfType(value, name))
      ? []
      : [`${path}: ${JSON.stringify(value)} is no ${String(type)}`],
  enum: (value, values: unknown[], { path }) =>
    values.includes(value) ? [] : [`${path}: ${JSON.stringify(value)} is none of ${values.join(', ')}`],
  const: (value, expected: unknown, { path }) => (value === expected ? [] : [`${path}: is not ${String(expected)}`]),
  format: (value, format: string, { path }) => {
    const pattern = format === 'date-time' ? INSTANT : UUID;
    return typeof value !== 'string' || pattern.test(value) ? [] : [`${path}: '${value}' is no ${format}`];
  },
  minimum: (value, least: number, { path }) => (Number(value) >= least ? [] : [`${path}: below ${least}`]),
  maximum: (value, most: number, { path }) => (Number(value) <= most ? [] : [`${path}: above ${most}`]),
  minLength: (value, least: number, { path }) => (String(value).length >= least ? [] : [`${path}: too short`]),
  maxLength: (value, most: number, { path }) => (String(value).length <= most ? [] : [`${path}: too long`]),
  required: (value, keys: string[], { path }) =>
    keys.filter((key) => isObject(value) && !(key in value)).map((key) => `${path}.${key}: missing`),
  properties: (value, properties: Record<string, JsonSchema>, { path, root }) =>
    Object.entries(properties).flatMap(([key, schema]) =>
      isObject(value) && key in value ? schemaFaults(value[key], schema, root, `${path}.${key}`) : [],
    ),
  additionalProperties: (value, allowed: boolean, { path, schema }) => {
    const known = Object.keys(schema['properties'] ?? {});
    const extra = isObject(value) && !allowed ? Object.keys(value).filter((key) => !known.includes(key)) : [];
    return extra.map((key) => `${path}.${key}: not in the document`);
  },
  items: (value, schema: JsonSchema, { path, root }) =>
    Array.isArray(value) ? value.flatMap((item, at) => schemaFaults(item, schema, root, `${path}[${at}]`)) : [],
  anyOf: (value, schemas: JsonSchema[], { path, root }) => {
    const faults = schemas.map((schema) => schemaFaults(value, schema, root, path));
    return faults.some(({ length }) => length === 0) ? [] : faults.flat();
  },
  $ref: (value, reference: string, { path, root }) => schemaFaults(value, resolved(reference, root), root, path),
};

function resolved(reference: string, root: JsonSchema): JsonSchema {
  const [, ...keys] = reference.split('/');
  const found = keys.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), root);
  if (!isObject(found)) throw new Error(`${reference} is not in the document.`);
  return found;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isObject(value) : typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

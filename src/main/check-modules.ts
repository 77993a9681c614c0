/**
 * What modules hand over, read as what a program without types may hand over. Invariant: whatever would fail only when a run
 * calls it is refused before anything starts; every fault is named at once, by where it stands.
 */
import { closestName } from '../modules/foundation/domain/closest-name.ts';
import { type FieldError, InvalidInputError } from '../modules/foundation/domain/errors.ts';
import type { JobDefinition } from '../modules/foundation/domain/job-definition.ts';
import { sayType } from './say-type.ts';

const DEFINITION_NAMES: readonly string[] = [
  'run',
  'kwargs',
  'description',
  'longRunsIn',
  'defaults',
  'warnings',
] satisfies (keyof JobDefinition)[];

/** @throws InvalidInputError */
export function checkModules(registries: unknown): void {
  const faults = modulesFaults(registries);
  if (faults.length === 0) return;
  const told = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new InvalidInputError(`The modules cannot be used: ${told}.`, faults);
}

function modulesFaults(registries: unknown): FieldError[] {
  if (!isRecord(registries)) return [wants('modules', 'an object of module name → registry', registries)];
  return Object.entries(registries).flatMap(([module, registry]) =>
    isRecord(registry)
      ? Object.entries(registry).flatMap(([jobId, entry]) => entryFaults(`modules.${module}['${jobId}']`, entry))
      : [wants(`modules.${module}`, 'an object of job id → function or defineJob(…)', registry)],
  );
}

function entryFaults(path: string, entry: unknown): FieldError[] {
  if (typeof entry === 'function') return [];
  if (!isRecord(entry)) return [wants(path, 'a function or defineJob(…)', entry)];
  return definitionFaults(path, entry);
}

function definitionFaults(
  path: string,
  { run, kwargs, defaults, warnings, ...others }: Record<string, unknown>,
): FieldError[] {
  const unknown = Object.keys(others).filter((name) => !DEFINITION_NAMES.includes(name));
  const schema = kwargs as { '~standard'?: { validate?: unknown } } | undefined | null;
  return [
    ...(typeof run === 'function' ? [] : [wants(`${path}.run`, 'a function', run)]),
    ...(kwargs === undefined || typeof schema?.['~standard']?.validate === 'function'
      ? []
      : [wants(`${path}.kwargs`, 'a Standard Schema (valibot, zod, arktype …)', kwargs)]),
    ...(defaults === undefined || isRecord(defaults) ? [] : [wants(`${path}.defaults`, 'an object', defaults)]),
    ...(warnings === undefined || typeof warnings === 'function'
      ? []
      : [wants(`${path}.warnings`, 'a function', warnings)]),
    ...unknown.flatMap((name) => {
      const meant = closestName(name, DEFINITION_NAMES);
      return meant === null ? [] : [{ path: `${path}.${name}`, message: `means nothing: did you mean ${meant}` }];
    }),
  ];
}

function wants(path: string, wanted: string, got: unknown): FieldError {
  return { path, message: `wants ${wanted}, and got ${sayType(got)}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

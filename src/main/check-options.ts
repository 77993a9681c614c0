/**
 * The options of `createScheduler`, read as what a program without types may hand over. Invariant: a name that means nothing is
 * refused and never ignored, with the one that was probably meant; every fault is named at once.
 */
import { closestName } from '../modules/foundation/domain/closest-name.ts';
import { InvalidInputError, InvalidSettingsError, type FieldError } from '../modules/foundation/domain/errors.ts';
import { sayType } from './say-type.ts';
import { SETTING_NAMES } from './setting-names.ts';

/** @throws InvalidInputError, InvalidSettingsError */
export function checkOptions(options: unknown, names: readonly string[]): void {
  if (!isRecord(options)) throw refusal([{ path: '', message: `wants an object, and got ${sayType(options)}` }]);
  const { modules = {}, database, schema, settings = {}, logger } = options;
  const faults = [
    ...unknownNames(options, names, 'option'),
    ...(isRecord(modules) ? [] : [wants('modules', 'an object of module name → registry', modules)]),
    ...databaseFaults(database),
    ...(schema === undefined || typeof schema === 'string' ? [] : [wants('schema', 'a text', schema)]),
    ...(isRecord(settings) ? [] : [wants('settings', 'an object', settings)]),
    ...(logger === undefined || isLogger(logger)
      ? []
      : [wants('logger', 'a Logger (debug, info, warn, error, with)', logger)]),
  ];
  if (faults.length > 0) throw refusal(faults);
  const unknown = unknownNames(settings as Record<string, unknown>, SETTING_NAMES, 'setting');
  if (unknown.length > 0) throw new InvalidSettingsError(`The settings cannot be used: ${told(unknown)}.`, unknown);
}

function refusal(faults: readonly FieldError[]): InvalidInputError {
  return new InvalidInputError(`The options of createScheduler() cannot be used: ${told(faults)}.`, faults);
}

function unknownNames(given: Readonly<Record<string, unknown>>, known: readonly string[], what: string): FieldError[] {
  return Object.keys(given).flatMap((path) => {
    if (known.includes(path)) return [];
    const meant = closestName(path, known);
    const hint = meant === null ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
    return [{ path, message: `is no ${what}: ${hint}` }];
  });
}

function databaseFaults(database: unknown): FieldError[] {
  if (database === undefined || typeof database === 'string' || isPostgresClient(database)) return [];
  return [wants('database', "'postgres://…', 'memory://' or a client of postgres.js", database)];
}

/** A client of postgres.js is a function with methods, and says what it connects to. */
function isPostgresClient(given: unknown): boolean {
  return typeof given === 'function' && 'unsafe' in given && 'options' in given && isRecord(given.options);
}

function isLogger(given: unknown): boolean {
  const methods = ['debug', 'info', 'warn', 'error', 'with'];
  return isRecord(given) && methods.every((name) => typeof given[name] === 'function');
}

function wants(path: string, wanted: string, got: unknown): FieldError {
  return { path, message: `wants ${wanted}, and got ${sayType(got)}` };
}

function told(faults: readonly FieldError[]): string {
  return faults.map(({ path, message }) => `${path} ${message}`.trim().replace(/\?$/, '')).join('; ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a failure of the database means, told by SQLSTATE and driver code, never by text.
 *
 * Invariant: what leaves the persistence layer carries no parameter of a statement: drizzle's own error repeats them all,
 * secrets among them.
 */
import { CarillonError, DatabaseBusyError, DatabaseUnavailableError } from '../../domain/errors.ts';

export type DatabaseFault =
  /** Away, starting, full, refusing us: later the same call may succeed. */
  | 'unavailable'
  | 'uniqueViolation'
  | 'foreignKeyViolation'
  | 'checkViolation'
  /** Another transaction got in the way: run the statement again. */
  | 'serialization'
  | 'lockTimeout'
  /** A value that PostgreSQL cannot hold. Its batch may be fine without it. */
  | 'invalidData'
  /** A table or column is missing: not migrated, or by another version. */
  | 'schemaMismatch'
  | 'unknown';

export interface ClassifiedError {
  readonly fault: DatabaseFault;
  readonly code: string | null;
  readonly constraint: string | null;
  readonly message: string;
}

/** The statement was answered, with a refusal. */
export class DatabaseStatementError extends CarillonError {
  readonly code = 'DATABASE_STATEMENT';
  readonly classified: ClassifiedError;

  constructor(classified: ClassifiedError) {
    super(`The database refused a statement: ${classified.message} (${classified.code ?? 'no code'}).`);
    this.classified = classified;
  }
}

const FAULTS: Readonly<Record<string, DatabaseFault>> = {
  '23505': 'uniqueViolation',
  '23503': 'foreignKeyViolation',
  '23514': 'checkViolation',
  '23502': 'invalidData',
  '40001': 'serialization',
  '40P01': 'serialization',
  '55P03': 'lockTimeout',
  '42P01': 'schemaMismatch',
  '42703': 'schemaMismatch',
  '42883': 'schemaMismatch',
  '3F000': 'schemaMismatch',
  '54000': 'invalidData',
  // Cancelled, a session's time limit, a replica after a failover, no such database (yet).
  '57014': 'unavailable',
  '25P03': 'unavailable',
  '25P04': 'unavailable',
  '25006': 'unavailable',
  '3D000': 'unavailable',
  '58030': 'unavailable',
};

/** Connection, insufficient resources, operator intervention, authorisation; a data exception. */
const FAULT_CLASSES: Readonly<Record<string, DatabaseFault>> = {
  '08': 'unavailable',
  '28': 'unavailable',
  '53': 'unavailable',
  '57': 'unavailable',
  '22': 'invalidData',
  '40': 'serialization',
};

const DRIVER_CODES = new Set(
  (
    'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN EHOSTDOWN ' +
    'EADDRNOTAVAIL ENOTCONN EMFILE ENOENT CONNECT_TIMEOUT CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED ' +
    'SASL_SIGNATURE_MISMATCH'
  ).split(' '),
);

export function classifyDatabaseError(error: unknown): ClassifiedError {
  if (error instanceof DatabaseBusyError) return describe('lockTimeout', error);
  if (error instanceof DatabaseUnavailableError) return describe('unavailable', error);
  if (error instanceof DatabaseStatementError) return error.classified;
  const source = findCoded(error);
  const code = source === null ? null : text(source['code']);
  if (source === null || code === null) return describe('unknown', error);
  const constraint = text(source['constraint_name']) ?? text(source['constraint']);
  return { fault: faultOf(code), code, constraint, message: text(source['message']) ?? code };
}

/** The error that callers see. Ours pass through. */
export function toDatabaseError(error: unknown): CarillonError {
  if (error instanceof CarillonError) return error;
  const classified = classifyDatabaseError(error);
  if (classified.fault === 'lockTimeout')
    return new DatabaseBusyError(`Somebody else holds a row for too long: ${classified.message} (${classified.code}).`);
  if (classified.fault !== 'unavailable') return new DatabaseStatementError(classified);
  return new DatabaseUnavailableError(`The database is not available: ${classified.message} (${classified.code}).`);
}

function faultOf(code: string): DatabaseFault {
  if (DRIVER_CODES.has(code)) return 'unavailable';
  return FAULTS[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? FAULT_CLASSES[code.slice(0, 2)] : undefined) ?? 'unknown';
}

/** Goes down the causes (drizzle wraps the driver's error) to the one with a code. */
function findCoded(error: unknown): Record<string, unknown> | null {
  let current = error;
  for (let depth = 0; depth < 8 && isObject(current); depth += 1) {
    if (text(current['code']) !== null) return current;
    const errors = current['errors'];
    current = Array.isArray(errors) && errors.length > 0 ? errors[0] : current['cause'];
  }
  return null;
}

function describe(fault: DatabaseFault, error: unknown): ClassifiedError {
  const cause = isObject(error) && isObject(error['cause']) ? error['cause'] : error;
  const message = isObject(cause) ? text(cause['message']) : null;
  return { fault, code: null, constraint: null, message: message ?? 'no reason given' };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

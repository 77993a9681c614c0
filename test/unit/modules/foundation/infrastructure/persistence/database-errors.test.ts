/** The classifier: by code, through any wrapping, on what each driver and runtime throws. */
import { describe, expect, it } from 'vitest';
import {
  DatabaseBusyError,
  DatabaseUnavailableError,
  JobNotFoundError,
} from '../../../../../../src/modules/foundation/domain/errors.ts';
import {
  classifyDatabaseError,
  DatabaseStatementError,
  toDatabaseError,
} from '../../../../../../src/modules/foundation/infrastructure/persistence/database-errors.ts';

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(`message of ${code}`), { code, ...more });
}

describe('classifyDatabaseError()', () => {
  it.each([
    ...['08000', '08006', '08P01', '28P01', '28000', '3D000', '53100', '53200', '53300', '57014', '57P01', '57P02'],
    ...['57P03', '57P05', '25006', '25P03', '25P04', '58030', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
    ...['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_ENDED'],
    'CONNECTION_DESTROYED',
  ])('%s is unavailable', (code) => {
    expect(classifyDatabaseError(coded(code))).toMatchObject({ fault: 'unavailable', code });
  });

  it.each([
    ['23505', 'uniqueViolation'],
    ['23503', 'foreignKeyViolation'],
    ['23514', 'checkViolation'],
    ['23502', 'invalidData'],
    ['22P05', 'invalidData'],
    ['22021', 'invalidData'],
    ['22P02', 'invalidData'],
    ['54000', 'invalidData'],
    ['40001', 'serialization'],
    ['40P01', 'serialization'],
    ['55P03', 'lockTimeout'],
    ['42P01', 'schemaMismatch'],
    ['42703', 'schemaMismatch'],
    ['42601', 'unknown'],
    ['XX000', 'unknown'],
    ['ERR_SOMETHING', 'unknown'],
  ])('%s is %s', (code, fault) => {
    expect(classifyDatabaseError(coded(code))).toMatchObject({ fault, code });
  });

  it('names the constraint as either driver gives it', () => {
    for (const more of [{ constraint_name: 'key' }, { constraint: 'key' }]) {
      expect(classifyDatabaseError(coded('23505', more))).toMatchObject({ constraint: 'key' });
    }
  });

  it('finds the code behind wrappers and in an AggregateError', () => {
    const wrapped = new Error('Failed query', { cause: new Error('more', { cause: coded('23505') }) });
    expect(classifyDatabaseError(wrapped)).toMatchObject({ fault: 'uniqueViolation', message: 'message of 23505' });
    const both = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]);
    expect(classifyDatabaseError(both)).toMatchObject({ fault: 'unavailable' });
  });

  it('does not go round in a circle of causes', () => {
    const error = new Error('round');
    error.cause = error;
    expect(classifyDatabaseError(error)).toMatchObject({ fault: 'unknown', code: null });
  });

  it.each([undefined, null, 'text', 42, {}, { code: 5 }, new Error('')])(
    'takes %j without a code as unknown',
    (thrown) => {
      expect(classifyDatabaseError(thrown)).toMatchObject({ fault: 'unknown', code: null });
    },
  );

  it('knows its own errors again', () => {
    const statement = toDatabaseError(coded('23505', { constraint: 'key' }));
    expect(classifyDatabaseError(statement)).toMatchObject({ fault: 'uniqueViolation', constraint: 'key' });
    expect(classifyDatabaseError(new DatabaseUnavailableError('away'))).toMatchObject({ fault: 'unavailable' });
  });
});

describe('toDatabaseError()', () => {
  it('gives DatabaseUnavailableError or DatabaseStatementError, and lets ours pass', () => {
    expect(toDatabaseError(coded('57P01'))).toBeInstanceOf(DatabaseUnavailableError);
    expect(toDatabaseError(coded('22P02'))).toBeInstanceOf(DatabaseStatementError);
    const busy = toDatabaseError(coded('55P03'));
    expect(busy).toBeInstanceOf(DatabaseBusyError);
    expect(classifyDatabaseError(busy)).toMatchObject({ fault: 'lockTimeout' });
    const ours = new JobNotFoundError('a');
    expect(toDatabaseError(ours)).toBe(ours);
  });

  it('repeats nothing of the statement or its parameters', () => {
    const drizzles = new Error('Failed query: select $1\nparams: my secret', { cause: coded('22P02') });
    const error = toDatabaseError(drizzles);
    expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('my secret');
  });
});

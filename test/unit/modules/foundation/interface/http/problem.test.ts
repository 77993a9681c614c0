import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { InvalidJobError } from '../../../../../../src/modules/foundation/application/job-spec-fault.ts';
import {
  CarillonError,
  DatabaseLockedError,
  DatabaseUnavailableError,
  DatabaseVersionError,
  ExecutionNotFoundError,
  InvalidInputError,
  InvalidKwargsError,
  JobNotFoundError,
  JobNotRegisteredError,
  RevisionConflictError,
  RevisionRequiredError,
  RunTimeoutError,
} from '../../../../../../src/modules/foundation/domain/errors.ts';
import { ScheduleError } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { problemSchema } from '../../../../../../src/modules/foundation/interface/http/contracts/problem.ts';
import { toProblem } from '../../../../../../src/modules/foundation/interface/http/problem.ts';
import { RequestError } from '../../../../../../src/modules/foundation/interface/http/request-error.ts';

describe('toProblem()', () => {
  test.each([
    [new JobNotFoundError('a'), 404, 'urn:carillon:problem:job-not-found'],
    [new ExecutionNotFoundError('a'), 404, 'urn:carillon:problem:execution-not-found'],
    [new JobNotRegisteredError('a'), 422, 'urn:carillon:problem:job-not-registered'],
    [new InvalidInputError('no', []), 422, 'urn:carillon:problem:invalid-input'],
    [new InvalidKwargsError('no', []), 422, 'urn:carillon:problem:kwargs-invalid'],
    [new RevisionConflictError('a', 3), 412, 'urn:carillon:problem:revision-conflict'],
    [new RevisionRequiredError('a'), 428, 'urn:carillon:problem:revision-required'],
    [new ScheduleError('SCHEDULE_INVALID', 'no'), 422, 'urn:carillon:problem:schedule-invalid'],
    [new ScheduleError('TIMEZONE_UNKNOWN', 'no'), 422, 'urn:carillon:problem:timezone-unknown'],
    [new DatabaseUnavailableError('no'), 503, 'urn:carillon:problem:database-unavailable'],
    [new DatabaseLockedError('no'), 503, 'urn:carillon:problem:database-locked'],
    [new DatabaseVersionError('no'), 503, 'urn:carillon:problem:database-version'],
    [new RequestError('METHOD_NOT_ALLOWED', 'no'), 405, 'urn:carillon:problem:method-not-allowed'],
  ])('%s is a problem of its own kind', (error, status, type) => {
    const problem = toProblem(error, 'r-1');
    expect(problem).toMatchObject({ status, body: { type, status, requestId: 'r-1' } });
    expect(problem.headers['content-type']).toBe('application/problem+json');
    expect(v.is(problemSchema, problem.body)).toBe(true);
  });

  class UnforeseenError extends CarillonError {
    readonly code = 'UNFORESEEN';
  }

  test.each([new Error('secret inside'), 'secret', undefined, new UnforeseenError('secret'), new RunTimeoutError(7)])(
    '%s is a 500 that tells nothing of its inside',
    (error) => {
      const { status, body } = toProblem(error, 'r-1');
      expect(status).toBe(500);
      expect(body.code).toBe('INTERNAL');
      expect(JSON.stringify(body)).not.toMatch(/secret|UNFORESEEN|7 ms/);
    },
  );

  test('says when to come back while the database is away, and not where it is', () => {
    const { headers, body } = toProblem(new DatabaseUnavailableError('connect ECONNREFUSED 10.0.0.7:5432'), 'r-1');
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(body.detail).not.toContain('10.0.0.7');
  });

  test('names the current revision', () => {
    expect(toProblem(new RevisionConflictError('a', 3), 'r-1').body.currentRevision).toBe(3);
  });

  test('shows both readings of an ambiguous text, as instants', () => {
    const readings = [{ dialect: 'unix' as const, next: [0], say: 'mon-fri' }];
    const fault = { code: 'SCHEDULE_AMBIGUOUS' as const, path: 'cronExpression', message: 'two ways', readings };
    const { body } = toProblem(new InvalidJobError([fault]), 'r-1');
    expect(body.readings).toEqual([{ dialect: 'unix', next: ['1970-01-01T00:00:00.000Z'], say: 'mon-fri' }]);
    expect(body.errors).toEqual([{ path: 'cronExpression', message: 'two ways' }]);
  });
});

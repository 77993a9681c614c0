import { describe, expect, test } from 'vitest';
import {
  InvalidJobError,
  kwargsFaults,
  scheduleFault,
} from '../../../../../src/modules/foundation/application/job-spec-fault.ts';
import { InvalidInputError, InvalidKwargsError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { ScheduleError } from '../../../../../src/modules/foundation/domain/schedule.ts';

describe('scheduleFault()', () => {
  test('stands at the field that is wrong', () => {
    expect(scheduleFault(new ScheduleError('SCHEDULE_INVALID', 'no')).path).toBe('cronExpression');
    expect(scheduleFault(new ScheduleError('SCHEDULE_NEVER_FIRES', 'no')).path).toBe('cronExpression');
    expect(scheduleFault(new ScheduleError('TIMEZONE_UNKNOWN', 'no')).path).toBe('timezone');
  });

  test('carries position and hint where there are any, and no empty ones', () => {
    const error = new ScheduleError('SCHEDULE_INVALID', 'no', { position: 0, hint: 'say 5' });
    expect(scheduleFault(error)).toEqual({
      code: 'SCHEDULE_INVALID',
      path: 'cronExpression',
      message: 'no',
      position: 0,
      hint: 'say 5',
    });
    expect(Object.keys(scheduleFault(new ScheduleError('SCHEDULE_INVALID', 'no')))).toEqual([
      'code',
      'path',
      'message',
    ]);
  });
});

describe('kwargsFaults()', () => {
  test('keeps each with its path', () => {
    const error = new InvalidKwargsError('no', [{ path: 'jobKwargs.a', message: 'm' }]);
    expect(kwargsFaults(error)).toEqual([{ code: 'KWARGS_INVALID', path: 'jobKwargs.a', message: 'm' }]);
  });
});

describe('InvalidJobError', () => {
  const zone = { code: 'TIMEZONE_UNKNOWN', path: 'timezone', message: 'no such zone' } as const;
  const text = { code: 'SCHEDULE_INVALID', path: 'cronExpression', message: 'no minute', position: 2 } as const;

  test('has the code that all its faults share', () => {
    expect(new InvalidJobError([zone]).code).toBe('TIMEZONE_UNKNOWN');
    expect(new InvalidJobError([zone, zone]).code).toBe('TIMEZONE_UNKNOWN');
    expect(new InvalidJobError([zone, text]).code).toBe('INVALID_INPUT');
  });

  test('is invalid input that names every fault', () => {
    const error = new InvalidJobError([zone, text]);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error.message).toBe('timezone: no such zone; cronExpression: no minute');
    expect(error.errors).toEqual([
      { path: 'timezone', message: 'no such zone' },
      { path: 'cronExpression', message: 'no minute', position: 2 },
    ]);
    expect(error.readings).toBeNull();
  });

  test('keeps the readings of an ambiguous text', () => {
    const readings = [{ dialect: 'unix' as const, next: [1], say: 'x' }];
    expect(new InvalidJobError([zone, { ...text, readings }]).readings).toEqual(readings);
  });
});

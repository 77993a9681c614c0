/**
 * What is wrong with a job that somebody wants to save, trigger or preview. Owns the step from single faults to the one
 * error that names them all.
 */
import { type FieldError, InvalidInputError, InvalidKwargsError } from '../domain/errors.ts';
import { ScheduleError, type ScheduleErrorCode, type ScheduleReading } from '../domain/schedule.ts';

export type JobFaultCode = ScheduleErrorCode | 'JOB_NOT_REGISTERED' | 'KWARGS_INVALID' | 'INVALID_INPUT';

export interface JobFault extends FieldError {
  readonly code: JobFaultCode;
  readonly readings?: readonly ScheduleReading[];
}

/** Its code is the one that all faults share, or `INVALID_INPUT` where they differ. */
export class InvalidJobError extends InvalidInputError {
  override readonly code: JobFaultCode;
  /** The possible readings of an ambiguous schedule text. */
  readonly readings: readonly ScheduleReading[] | null;

  constructor(faults: readonly JobFault[]) {
    super(
      faults.map(({ path, message }) => `${path}: ${message}`).join('; '),
      faults.map(({ code: _code, readings: _readings, ...error }) => error),
    );
    const [first] = faults;
    this.code = first !== undefined && faults.every(({ code }) => code === first.code) ? first.code : 'INVALID_INPUT';
    this.readings = faults.find(({ readings }) => readings !== undefined)?.readings ?? null;
  }
}

export function scheduleFault(error: ScheduleError): JobFault {
  return {
    code: error.code,
    path: error.code === 'TIMEZONE_UNKNOWN' ? 'timezone' : 'cronExpression',
    message: error.message,
    ...(error.position === undefined ? {} : { position: error.position }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.readings === undefined ? {} : { readings: error.readings }),
  };
}

export function kwargsFaults(error: InvalidKwargsError): JobFault[] {
  return error.errors.map((fault) => ({ ...fault, code: 'KWARGS_INVALID' }));
}

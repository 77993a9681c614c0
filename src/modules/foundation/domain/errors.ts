/**
 * Every error that Carillon raises on purpose. Owns the stable codes; callers branch on `code` or class, never on text.
 * A message says what was wrong, where, and what would be right.
 */
export interface FieldError {
  /** Where: a JSON path (`jobKwargs.url`) or a setting's name (`PORT`). */
  path: string;
  message: string;
  /** Offset of the first wrong character within the text at `path`. */
  position?: number;
  hint?: string;
}

export abstract class CarillonError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** No configuration has this job id. */
export class JobNotFoundError extends CarillonError {
  readonly code = 'JOB_NOT_FOUND';
  readonly jobId: string;
  constructor(jobId: string) {
    super(`There is no job '${jobId}'. GET /admin/jobs lists those that exist.`);
    this.jobId = jobId;
  }
}

/** A configuration names a function that no module of this process registers. */
export class JobNotRegisteredError extends CarillonError {
  readonly code = 'JOB_NOT_REGISTERED';
  readonly handler: string;
  constructor(handler: string) {
    super(`No module registers a job function '${handler}'. GET /admin/registry lists those that do.`);
    this.handler = handler;
  }
}

/** Two modules register the same job id. */
export class DuplicateJobError extends CarillonError {
  readonly code = 'JOB_DUPLICATE';
  constructor(jobId: string, first: string, second: string) {
    super(`Job '${jobId}' is registered by module '${first}' and again by module '${second}'. A job id is unique.`);
  }
}

export class ExecutionNotFoundError extends CarillonError {
  readonly code = 'EXECUTION_NOT_FOUND';
  constructor(id: string) {
    super(`There is no execution '${id}'. It may have been pruned.`);
  }
}

/** What was asked of a run suits another state than it is in. */
export class ExecutionStateError extends CarillonError {
  readonly code: 'EXECUTION_NOT_RUNNING' | 'EXECUTION_RUNNING';
  constructor(code: ExecutionStateError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Input that was understood and is wrong; every fault is named at once. */
export class InvalidInputError extends CarillonError {
  readonly code: string = 'INVALID_INPUT';
  readonly errors: readonly FieldError[];
  constructor(message: string, errors: readonly FieldError[]) {
    super(message);
    this.errors = errors;
  }
}

/** The job's keyword arguments do not fit its function's schema. */
export class InvalidKwargsError extends InvalidInputError {
  override readonly code = 'KWARGS_INVALID';
}

/** Settings that cannot be used. The process exits with status 2. */
export class InvalidSettingsError extends InvalidInputError {
  override readonly code = 'SETTINGS_INVALID';
}

/** The configuration changed since the caller read it (`If-Match`). */
export class RevisionConflictError extends CarillonError {
  readonly code = 'REVISION_CONFLICT';
  readonly currentRevision: number;
  constructor(jobId: string, currentRevision: number) {
    super(`Job '${jobId}' was changed by somebody else; it is at revision ${currentRevision} now. Read it again.`);
    this.currentRevision = currentRevision;
  }
}

/** The job exists, and the caller did not say which revision of it to overwrite. */
export class RevisionRequiredError extends CarillonError {
  readonly code = 'REVISION_REQUIRED';
  constructor(jobId: string) {
    super(`Job '${jobId}' exists. Send 'If-Match' with its ETag to overwrite it.`);
  }
}

/** The database did not answer, in time or at all. Nothing is known about the statement's effect. */
export class DatabaseUnavailableError extends CarillonError {
  readonly code = 'DATABASE_UNAVAILABLE';
}

/** Somebody holds a row that the statement needs, and did not let go in time. It had no effect, and others may have one. */
export class DatabaseBusyError extends DatabaseUnavailableError {}

/** Nobody gets an answer: not that somebody holds a row, which holds up only what needs it. */
export function isDatabaseAway(error: unknown): error is DatabaseUnavailableError {
  return error instanceof DatabaseUnavailableError && !(error instanceof DatabaseBusyError);
}

/** The persisted jobs could not be read, or one of them not be armed; the log says why. Asked again by the next beat. */
export class JobsNotLoadedError extends CarillonError {
  readonly code = 'JOBS_NOT_LOADED';
  constructor() {
    super('The persisted jobs could not be loaded.');
  }
}

/** Another process serves the embedded database of this folder. */
export class DatabaseLockedError extends CarillonError {
  readonly code = 'DATABASE_LOCKED';
}

/** The embedded database's folder cannot be opened by this version. */
export class DatabaseVersionError extends CarillonError {
  readonly code = 'DATABASE_VERSION';
}

/** The run took longer than its job's `timeoutMs`. */
export class RunTimeoutError extends CarillonError {
  readonly code = 'RUN_TIMEOUT';
  constructor(timeoutMs: number) {
    super(`The run did not end within its timeout of ${timeoutMs} ms.`);
  }
}

/** The instance lost its lease before the job's function was called, or before its outcome was recorded: the run may be
 * somebody else's by now. */
export class RunLostError extends CarillonError {
  readonly code = 'RUN_LOST';
  constructor(message = 'The lease of this instance ended before the run could start.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** So many streams are open that one more would cost the others. */
export class TooManyStreamsError extends CarillonError {
  readonly code = 'TOO_MANY_STREAMS';
  constructor(limit: number) {
    super(`${limit} streams are open, and no more are served. Close one, or ask another replica.`);
  }
}

/** The service stops, or has not started. */
export class StreamsEndedError extends CarillonError {
  readonly code = 'STREAMS_ENDED';
  constructor(reason: string) {
    super(`Nothing is streamed: ${reason}. Ask again, or another replica.`);
  }
}

/** The run was told to stop: by a person, or by the service's shutdown. */
export class RunCancelledError extends CarillonError {
  readonly code = 'RUN_CANCELLED';
}

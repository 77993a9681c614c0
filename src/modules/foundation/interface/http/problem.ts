/**
 * Errors as RFC 9457 problems. Owns the only mapping from an error's code to status and title.
 *
 * Invariant: an error that is not in the table, ours or not, is a 500 that tells nothing of its inside.
 */
import { InvalidJobError } from '../../application/job-spec-fault.ts';
import { CarillonError, DatabaseBusyError, InvalidInputError, RevisionConflictError } from '../../domain/errors.ts';
import type { ProblemJson } from './contracts/problem.ts';
import { RequestError } from './request-error.ts';

interface ProblemKind {
  readonly status: ProblemStatus;
  readonly title: string;
  /** Instead of the error's own message, which tells of our inside. */
  readonly detail?: string;
}
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 500 | 503;

const DATABASE_AWAY: ProblemKind = {
  status: 503,
  title: 'Database unavailable',
  detail: 'The database does not answer. A change that was asked for may or may not have been made. Try again.',
};

const DATABASE_BUSY: ProblemKind = {
  ...DATABASE_AWAY,
  detail: 'Somebody else holds a row that this needs, and did not let go in time. This change was not made. Try again.',
};

// oxfmt-ignore
const PROBLEMS: Readonly<Record<string, ProblemKind>> = {
  JSON_MALFORMED: { status: 400, title: 'Malformed JSON' },
  BODY_INCOMPLETE: { status: 400, title: 'Incomplete body' },
  UNAUTHENTICATED: { status: 401, title: 'Token needed' },
  ORIGIN_FORBIDDEN: { status: 403, title: 'From another site' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  JOB_NOT_FOUND: { status: 404, title: 'Job not found' },
  EXECUTION_NOT_FOUND: { status: 404, title: 'Execution not found' },
  ROUTE_NOT_FOUND: { status: 404, title: 'Route not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed' },
  BODY_TIMEOUT: { status: 408, title: 'Body too slow' },
  EXECUTION_NOT_RUNNING: { status: 409, title: 'Not running' },
  IDEMPOTENCY_KEY_IN_FLIGHT: { status: 409, title: 'Being answered' },
  EXECUTION_RUNNING: { status: 409, title: 'Still running' },
  REVISION_CONFLICT: { status: 412, title: 'Changed meanwhile' },
  BODY_TOO_LARGE: { status: 413, title: 'Body too large' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'Not JSON' },
  INVALID_INPUT: { status: 422, title: 'Invalid input' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Key used for another request' },
  KWARGS_INVALID: { status: 422, title: 'Arguments do not fit the function' },
  JOB_NOT_REGISTERED: { status: 422, title: 'Function not registered' },
  SCHEDULE_INVALID: { status: 422, title: 'Unreadable schedule' },
  SCHEDULE_NEVER_FIRES: { status: 422, title: 'Schedule never fires' },
  SCHEDULE_AMBIGUOUS: { status: 422, title: 'Ambiguous schedule' },
  TIMEZONE_UNKNOWN: { status: 422, title: 'Unknown time zone' },
  REVISION_REQUIRED: { status: 428, title: 'Revision required' },
  TOO_MANY_FAILURES: { status: 429, title: 'Too many failures' },
  TOO_MANY_STREAMS: { status: 503, title: 'Too many streams' },
  STREAMS_ENDED: { status: 503, title: 'Nothing is streamed' },
  DATABASE_UNAVAILABLE: DATABASE_AWAY,
  DATABASE_LOCKED: DATABASE_AWAY,
  DATABASE_VERSION: DATABASE_AWAY,
};

const INTERNAL: ProblemKind = {
  status: 500,
  title: 'Internal error',
  detail: 'The service failed at this request. Its log says why, under the request id.',
};
const RETRY_AFTER_S = '5';

export interface Problem {
  readonly status: ProblemStatus;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemJson;
}

export function toProblem(error: unknown, requestId: string): Problem {
  const known = kindOf(error);
  const { status, title, detail } = known ?? INTERNAL;
  const code = known !== undefined && error instanceof CarillonError ? error.code : 'INTERNAL';
  return {
    status,
    headers: headersOf(error, status),
    body: {
      type: `urn:carillon:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      title,
      status,
      detail: detail ?? (error instanceof Error ? error.message : title),
      code,
      requestId,
      ...membersOf(error),
    },
  };
}

function kindOf(error: unknown): ProblemKind | undefined {
  if (error instanceof DatabaseBusyError) return DATABASE_BUSY;
  return error instanceof CarillonError ? PROBLEMS[error.code] : undefined;
}

function headersOf(error: unknown, status: ProblemStatus): Record<string, string> {
  return {
    'content-type': 'application/problem+json',
    ...(status === 503 ? { 'retry-after': RETRY_AFTER_S } : {}),
    ...(error instanceof RequestError ? error.headers : {}),
  };
}

/** What a kind of problem says beside the members that all have. */
function membersOf(error: unknown): Pick<ProblemJson, 'errors' | 'readings' | 'currentRevision'> {
  if (error instanceof RequestError && error.errors !== null) return { errors: [...error.errors] };
  if (error instanceof RevisionConflictError) return { currentRevision: error.currentRevision };
  if (!(error instanceof InvalidInputError)) return {};
  const readings = error instanceof InvalidJobError ? error.readings : null;
  if (readings === null) return { errors: [...error.errors] };
  const shown = readings.map(({ dialect, next, say }) => ({
    dialect,
    next: next.map((ms) => new Date(ms).toISOString()),
    say,
  }));
  return { errors: [...error.errors], readings: shown };
}

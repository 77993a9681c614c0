/**
 * Why a job from elsewhere cannot become a row, and what of it could not be carried over.
 *
 * Invariant: a warning's code is stable; its message says what follows for the job.
 */

export type ImportWarningCode =
  | 'ARGS_POSITIONAL'
  | 'FIELD_IGNORED'
  | 'GRACE_CAPPED'
  | 'GRACE_NOT_STATED'
  | 'HANDLER_TO_REGISTER'
  | 'INSTANCES_UNLIMITED'
  | 'INTERVAL_ANCHOR'
  | 'JITTER_DETERMINISTIC'
  | 'JOB_ID_CHANGED'
  | 'PAUSED'
  | 'TIMEZONE_ASSUMED'
  | 'ZONE_ABBREVIATION';

export interface ImportWarning {
  readonly code: ImportWarningCode;
  readonly message: string;
}

export interface ImportFaultDetail {
  /** Which member of the job. */
  readonly field: string;
  /** Offset in the member's text, 0-based. */
  readonly position?: number | undefined;
  readonly hint?: string | undefined;
}

/** Ends the reading of one job; never leaves the reader. */
export class ImportFault extends Error {
  readonly detail: ImportFaultDetail;

  constructor(message: string, detail: ImportFaultDetail) {
    super(message);
    this.detail = detail;
  }
}

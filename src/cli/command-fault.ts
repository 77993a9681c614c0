/** Why a command ends without having done what was asked: what to print, and the exit status that says it to a script. */
import type { ExitStatus } from './exit-status.ts';

export interface FaultDetail {
  /** One line each, below the message. */
  readonly details?: readonly string[];
  /** What the service answered, for `--json`. */
  readonly problem?: unknown;
  /** The service's stable code. */
  readonly code?: string;
  readonly cause?: unknown;
}

export class CommandFault extends Error {
  readonly status: ExitStatus;
  readonly details: readonly string[];
  readonly problem: unknown;
  readonly code: string | null;

  constructor(status: ExitStatus, message: string, detail: FaultDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.status = status;
    this.details = detail.details ?? [];
    this.problem = detail.problem ?? null;
    this.code = detail.code ?? null;
  }
}

/** What the middlewares put into a request's context for the routes behind them. */
import type { Role } from './access.ts';

export interface HttpEnv {
  Bindings: {
    /** The address that a request comes from, where the runtime knows it. */
    client?: string;
  };
  Variables: {
    /** Ours, or the caller's own where it is well-formed; in every problem and log line. */
    requestId: string;
    /** Of whoever asks; behind the guard it is always there. */
    role: Role;
    /** What ids are derived from, where the request has an `Idempotency-Key`. */
    idempotencySeed?: string;
    /** How long a body may take to come, in milliseconds. */
    bodyDeadlineMs: number;
  };
}

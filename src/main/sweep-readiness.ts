/**
 * What `/readyz` says where no loop beats: whether the database answers this invocation, and whether somebody sweeps, which
 * shows in the occurrences that wait. Asked first, told afterwards.
 */
import type { DatabaseConnection } from '../modules/foundation/application/ports/database-connection.ts';
import type { FireClaims } from '../modules/foundation/application/ports/fire-claims.ts';
import type { Readiness, ReadinessCheck, ReadinessReport } from '../modules/foundation/application/ports/readiness.ts';
import { describeError } from '../modules/foundation/domain/describe-error.ts';

/** Two sweeps a minute apart, and a trigger that comes late. */
const OVERDUE_LIMIT_MS = 180_000;

export class SweepReadiness implements Readiness {
  readonly #connection: DatabaseConnection;
  readonly #claims: FireClaims;
  #checks: readonly ReadinessCheck[] = [];

  constructor(connection: DatabaseConnection, claims: FireClaims) {
    this.#connection = connection;
    this.#claims = claims;
  }

  report(): ReadinessReport {
    return { mode: this.#checks.every((check) => check.ok) ? 'normal' : 'degraded', checks: this.#checks };
  }

  /** Asks the database. Never rejects. @param openFault why it could not be opened; null: it was */
  async look(openFault: unknown): Promise<void> {
    const { description, kind } = this.#connection;
    try {
      if (openFault !== null) throw openFault;
      const isOverdue = (await this.#claims.getOverdue(OVERDUE_LIMIT_MS, { limit: 1, after: null })).length > 0;
      this.#checks = [
        { name: 'database', ok: true, detail: description, openDetail: kind },
        { name: 'migrations', ok: true, detail: 'applied' },
        { name: 'occurrences', ok: !isOverdue, detail: isOverdue ? OVERDUE : 'none is overdue' },
      ];
    } catch (error) {
      const reason = describeError(error).message;
      const detail = `${description} cannot be used: ${reason} Nothing is swept; the next sweep, or request, asks again.`;
      this.#checks = [{ name: 'database', ok: false, detail, openDetail: `${kind}: ${UNUSABLE}` }];
    }
  }
}

const UNUSABLE = 'it cannot be used at the moment. Those who show a token are told why; the log says it too.';
const OVERDUE = `An occurrence has waited for longer than ${OVERDUE_LIMIT_MS} ms: nobody sweeps. Look for the Worker's cron trigger, and at the log of its last sweep.`;

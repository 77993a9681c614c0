/** Runs that were claimed before they are due, in `scheduler_execution_log`: statements in, answers out. */
import type {
  AheadClaims,
  AheadRun,
  Confirmation,
  Confirming,
  DeadAheadRuns,
} from '../../application/ports/ahead-claims.ts';
import { renderConfirmAll, renderConfirmEach, renderGiveBackAll } from './ahead-claim-statements.ts';
import type { Database } from './database.ts';
import { renderGiveBackOfDead } from './give-back-of-dead-statement.ts';
import { readInstant } from './statement-input.ts';

type ConfirmedRow = { now: string; held_from: number | null; run_id: string; is_gone: boolean; is_confirmed: boolean };
type GivenBackRow = { id: string; job_id: string; scheduled_at: string; instance_id: string; is_claimable: boolean };
/** One without a run where none was given back. */
type DeadRow = (GivenBackRow | { id: null }) & { rest: string | null };

const PORTION = 1_000;

export class PostgresAheadClaims implements AheadClaims {
  readonly #database: Database;
  readonly #portion: number;

  constructor(database: Database, portion = PORTION) {
    this.#database = database;
    this.#portion = portion;
  }

  async confirmAll(
    instanceId: string,
    order: Confirming & { readonly tick: number; readonly renewals: number },
  ): Promise<{ now: Date; isConfirmed: boolean }> {
    const [row] = await this.#database.rows<{ now: string; is_confirmed: boolean }>(
      renderConfirmAll(instanceId, order),
    );
    return { now: readInstant(row?.now ?? ''), isConfirmed: row?.is_confirmed === true };
  }

  async confirmEach(instanceId: string, order: Confirming, runs: readonly AheadRun[]): Promise<Confirmation> {
    const rows = await this.#database.rows<ConfirmedRow>(renderConfirmEach(instanceId, order, runs));
    return {
      now: readInstant(rows[0]?.now ?? ''),
      heldFrom: rows[0]?.held_from ?? null,
      confirmed: new Set(rows.filter((row) => row.is_confirmed).map((row) => row.run_id)),
      givenBack: new Set(rows.filter((row) => row.is_gone).map((row) => row.run_id)),
    };
  }

  async giveBack(instanceId: string, runs: readonly AheadRun[]): Promise<ReadonlySet<string>> {
    if (runs.length === 0) return new Set();
    const rows = await this.#database.rows<{ run_id: string }>(renderGiveBackAll(instanceId, runs));
    return new Set(rows.map((row) => row.run_id));
  }

  async giveBackOfDead(instanceId: string, from: string | null = null): Promise<DeadAheadRuns> {
    const rows = await this.#database.rows<DeadRow>(renderGiveBackOfDead(instanceId, from ?? '', this.#portion));
    const unstarted = rows
      .filter((row) => row.id !== null)
      .map((row) => ({
        id: row.id,
        jobId: row.job_id,
        scheduledAt: readInstant(row.scheduled_at),
        instanceId: row.instance_id,
        isClaimable: row.is_claimable,
      }));
    return { unstarted, rest: rows[0]?.rest ?? null };
  }
}

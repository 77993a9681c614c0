/**
 * How the database is told of an outage: in batches, all of a job in the same.
 *
 * Invariants: what the database refuses holds up no other job; it is found by halves, and told without what it may have been
 * refused for, so that its cursor moves on past what ran and an event says what is missing; where that is refused too, and
 * where somebody holds the cursor, the job is named as unsettled, to be told again.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseUnavailableError, isDatabaseAway } from '../domain/errors.ts';
import type { SchedulerEvent } from '../domain/event.ts';
import type { EventLedger } from './ports/event-ledger.ts';
import type { Logger } from './ports/logger.ts';
import type { OutageSettlement, OutageSettlements } from './ports/outage-settlements.ts';

/** So many rows go into one statement, which has to end within a deadline, and all those of a job into the same. */
const BATCH_ROWS = 500;

export interface OutageTellingDeps {
  readonly lease: { readonly instanceId: string };
  readonly ledger: EventLedger;
  readonly settlements: OutageSettlements;
  readonly logger: Logger;
}

export interface TellingListener {
  /** Before a job is told of. */
  sending(jobId: string): void;
  /** Once a batch is, but for what was not settled of it. @throws DatabaseUnavailableError */
  told(batch: readonly OutageSettlement[], unsettled: ReadonlySet<string>): Promise<void>;
}

export class OutageTelling {
  readonly #deps: OutageTellingDeps;

  constructor(deps: OutageTellingDeps) {
    this.#deps = deps;
  }

  /** @throws DatabaseUnavailableError with the rest still to be told */
  async tell(all: readonly OutageSettlement[], listener: TellingListener): Promise<void> {
    for (const batch of inBatches(all)) {
      for (const { config } of batch) listener.sending(config.jobId);
      await listener.told(batch, await this.#tell(batch));
    }
  }

  async #tell(batch: readonly OutageSettlement[]): Promise<ReadonlySet<string>> {
    const { lease, settlements } = this.#deps;
    try {
      return await settlements.settle(lease.instanceId, batch);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      if (batch.length === 1) return await this.#tellBarely(batch[0]!, describeError(error).message);
      const half = Math.ceil(batch.length / 2);
      const first = await this.#tell(batch.slice(0, half));
      return new Set([...first, ...(await this.#tell(batch.slice(half)))]);
    }
  }

  /** Records that the journal holds are written by it, one by one; what waited is lost, and said to be. */
  async #tellBarely(settlement: OutageSettlement, reason: string): Promise<ReadonlySet<string>> {
    const { lease, ledger, logger, settlements } = this.#deps;
    const { jobId } = settlement.config;
    const event = refused(settlement, reason);
    const bare = { ...settlement, ended: [], active: [], waiting: [], unstarted: [], events: [event] };
    try {
      const unsettled = await settlements.settle(lease.instanceId, [bare]);
      logger.error('The database refuses what a job did without it; its schedule goes on, and an event says so.', {
        ...{ jobId, reason },
      });
      return unsettled;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      logger.error(
        'The database refuses what a job did without it; it is told again at each beat, and not run before.',
        {
          ...{ jobId, reason: describeError(error).message },
        },
      );
    }
    await ledger.append([event]).catch((error: unknown) => {
      if (isDatabaseAway(error)) throw error;
      logger.error('The ledger refuses the event that says so.', { jobId, reason: describeError(error).message });
    });
    return new Set([jobId]);
  }
}

function refused({ config, firstDueAt, ended, active, waiting }: OutageSettlement, reason: string): SchedulerEvent {
  const last = Math.max(+firstDueAt, ...[...ended, ...active, ...waiting].map(({ scheduledAt }) => +scheduledAt));
  return {
    type: 'run.unrecorded',
    jobId: config.jobId,
    scheduledAt: firstDueAt,
    reason: `outage: the database refuses what the job did while it was away (${reason})`,
    detail: {
      ...{ cause: 'outage', count: ended.length + active.length, waited: waiting.length },
      ...{ from: firstDueAt.toISOString(), to: new Date(last).toISOString() },
    },
    key: `refused ${config.jobId} ${config.revision} ${firstDueAt.toISOString()}`,
  };
}

function inBatches(all: readonly OutageSettlement[]): OutageSettlement[][] {
  const batches: OutageSettlement[][] = [];
  let size = BATCH_ROWS;
  for (const settlement of all) {
    const rows = rowsOf(settlement);
    if (size + rows > BATCH_ROWS) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(settlement);
    size += rows;
  }
  return batches;
}

/** The events of a job are one a reason. */
function rowsOf({ ended, active, waiting, unstarted = [] }: OutageSettlement): number {
  return 1 + ended.length + active.length + waiting.length + unstarted.length;
}

/**
 * Records that could not be written, kept in memory until the database is back. Invariant: nothing leaves it before it
 * was written, or was found to belong to somebody else meanwhile: a run that stayed RUNNING would keep its job from
 * running ever again. What the database refuses holds up nothing else, and is tried again without what it may have
 * been refused for. It dies with the process: then the run is LOST, or, where it started without a record, not known of.
 *
 * What started without a record is kept a bounded number of times a job; the oldest beyond that are counted instead.
 */
import { describeError } from '../domain/describe-error.ts';
import { DatabaseBusyError, DatabaseUnavailableError, isDatabaseAway } from '../domain/errors.ts';
import type { Outcome, Run } from '../domain/run.ts';
import { FoldedRuns } from './folded-runs.ts';
import type { EventLedger } from './ports/event-ledger.ts';
import type { ExecutionLogRepository } from './ports/execution-log-repository.ts';
import type { Logger } from './ports/logger.ts';
import type { RunOutputGate } from './ports/run-outputs.ts';
import type { HeldRecord, RecordJournal } from './ports/run-tracker.ts';
import { sayCount } from '../domain/words/say-count.ts';

/** What stands in place of an error message that the database refuses. */
const UNWRITABLE = 'The error cannot be written';

/** Of one job, and of all. */
const MAX_UNRECORDED = 500;
const MAX_UNRECORDED_IN_ALL = 20_000;

export interface OutageJournalDeps {
  readonly executions: ExecutionLogRepository;
  readonly ledger: EventLedger;
  readonly output: RunOutputGate;
  readonly lease: { readonly isSuspended: boolean };
  readonly logger: Logger;
}

export class OutageJournal implements RecordJournal {
  readonly #executions: ExecutionLogRepository;
  readonly #ledger: EventLedger;
  readonly #lease: OutageJournalDeps['lease'];
  readonly #output: RunOutputGate;
  readonly #logger: Logger;
  readonly #held = new Map<string, HeldRecord>();
  /** Those of which somebody held the row as they were last written. */
  readonly #heldUp = new Set<string>();
  /** Those without a RUNNING record, a job, oldest first; and those whose record may stand, and that nobody else would end. */
  readonly #unrecorded = new Map<string, Set<string>>();
  readonly #uncertain = new Map<string, Set<string>>();
  readonly #folded = new FoldedRuns();
  #unrecordedCount = 0;
  #flushing: Promise<void> | null = null;

  constructor({ executions, ledger, output, lease, logger }: OutageJournalDeps) {
    this.#executions = executions;
    this.#ledger = ledger;
    this.#lease = lease;
    this.#output = output;
    this.#logger = logger;
  }

  get size(): number {
    return this.#held.size + this.#folded.size;
  }

  get isHolding(): boolean {
    return this.#lease.isSuspended;
  }

  /** Runs of a job that ended without a record, oldest first. */
  unrecordedOf(jobId: string): Run[] {
    const ids = [...(this.#uncertain.get(jobId) ?? []), ...(this.#unrecorded.get(jobId) ?? [])];
    return ids.map((id) => this.#held.get(id)!.run);
  }

  /** The database is being told of them: whatever becomes of the answer, their records may stand. */
  handOver(jobId: string): void {
    const ids = this.#unrecorded.get(jobId);
    if (ids === undefined) return;
    this.#unrecorded.delete(jobId);
    this.#unrecordedCount -= ids.size;
    this.#uncertain.set(jobId, new Set([...(this.#uncertain.get(jobId) ?? []), ...ids]));
  }

  /** The runs whose outcome is held: they have ended, whatever the database says of them. */
  get runIds(): string[] {
    return [...this.#held.keys()];
  }

  hold(record: HeldRecord): void {
    const { id, jobId } = record.run;
    this.#held.set(id, record);
    if (record.isRecorded) return;
    if (record.mayBeRecorded === true) {
      this.#uncertain.set(jobId, (this.#uncertain.get(jobId) ?? new Set()).add(id));
      return;
    }
    const ids = this.#unrecorded.get(jobId) ?? new Set();
    this.#unrecordedCount += ids.has(id) ? 0 : 1;
    this.#unrecorded.set(jobId, ids.add(id));
    const isOver = ids.size + (this.#uncertain.get(jobId)?.size ?? 0) > MAX_UNRECORDED;
    // The newest stays: by its record it is known that the job came so far.
    if (ids.size > 1 && (isOver || this.#unrecordedCount > MAX_UNRECORDED_IN_ALL)) this.#fold([...ids][0]!);
  }

  #fold(id: string): void {
    this.#folded.add(this.#held.get(id)!);
    this.#output.forget(id);
    this.#forget(id);
  }

  #forget(id: string): void {
    const jobId = this.#held.get(id)?.run.jobId ?? '';
    this.#held.delete(id);
    this.#heldUp.delete(id);
    const uncertain = this.#uncertain.get(jobId);
    if (uncertain?.delete(id) === true && uncertain.size === 0) this.#uncertain.delete(jobId);
    const ids = this.#unrecorded.get(jobId);
    if (ids?.delete(id) !== true) return;
    this.#unrecordedCount -= 1;
    if (ids.size === 0) this.#unrecorded.delete(jobId);
  }

  /** Writes what is held. A flush under way is joined. @throws DatabaseUnavailableError with the rest still held */
  async flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => {
      this.#flushing = null;
    });
    await this.#flushing;
  }

  async #writeAll(): Promise<void> {
    await this.#tellFolded();
    const records = [...this.#held.values()];
    if (records.length === 0) return;
    const results = await Promise.allSettled(records.map((record) => this.#write(record)));
    const written = results.filter((result) => result.status === 'fulfilled' && result.value).length;
    if (written > 0)
      this.#logger.info(
        `${sayCount(
          written,
          'execution record held over the outage is',
          'execution records held over the outage are',
        )} written.`,
      );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #tellFolded(): Promise<void> {
    const { events, giveBack } = this.#folded.take();
    if (events.length === 0) return;
    try {
      await this.#ledger.append(events);
    } catch (error) {
      giveBack();
      // Who holds an event that is told again holds up no more than that.
      if (isDatabaseAway(error)) throw error;
      this.#logger.error(
        'The database refuses the count of runs that it has no record of; it is told again at the next beat.',
        {
          reason: describeError(error).message,
        },
      );
    }
  }

  /** @returns whether it was written @throws DatabaseUnavailableError; a record that is refused, or whose row somebody holds, stays held */
  async #write(record: HeldRecord): Promise<boolean> {
    const { run, outcome, isRecorded } = record;
    try {
      if (!isRecorded) await this.#executions.create(run);
      const isOurs = await this.#output.conclude(run.id, () =>
        this.#executions.update(run, outcome, this.#heldUp.has(run.id)),
      );
      this.#forget(run.id);
      if (!isOurs) this.#logDropped(run, outcome);
      return isOurs;
    } catch (error) {
      if (error instanceof DatabaseBusyError) return this.#heldUp.add(run.id).size === 0;
      if (error instanceof DatabaseUnavailableError) throw error;
      this.#refused(record, describeError(error).message);
      return false;
    }
  }

  #refused(record: HeldRecord, reason: string): void {
    const { run, outcome } = record;
    const bare = withoutContents(outcome, reason);
    this.#held.set(run.id, { ...record, outcome: bare });
    if (bare === outcome) return;
    this.#logger.error('The database refuses a held record; it is tried again without its result and stack.', {
      jobId: run.jobId,
      executionId: run.id,
      outcome: outcome.status,
      reason,
    });
  }

  #logDropped(run: Run, outcome: Outcome): void {
    this.#logger.warn(
      'A held record is dropped: the run was recorded as lost, or by another instance, while the database was away.',
      {
        jobId: run.jobId,
        executionId: run.id,
        outcome: outcome.status,
      },
    );
  }
}

/** The same outcome where there is nothing left to leave out. */
function withoutContents(outcome: Outcome, reason: string): Outcome {
  if (outcome.status === 'SUCCESS') return outcome.result === null ? outcome : { ...outcome, result: null };
  if (outcome.errorStack === null && outcome.errorMessage.startsWith(UNWRITABLE)) return outcome;
  return { ...outcome, errorStack: null, errorMessage: `${UNWRITABLE} (${reason}).` };
}

/**
 * What passes while nobody can run a job is told in the ledger: `job.unresolved` where no instance has its function,
 * `job.invalid` where its row cannot be scheduled.
 *
 * Invariants: an event a job and configuration, whose count and span go on while occurrences pass, so that neither many
 * replicas nor an every-second job write more than one row every ten minutes; what becomes of the occurrences is decided, and
 * told, by whoever claims or edits the job afterwards. Nothing fails by it: what could not be told is told the next time.
 */
import { describeError } from '../domain/describe-error.ts';
import { isDatabaseAway } from '../domain/errors.ts';
import type { ArmableConfig } from '../domain/job-config.ts';
import { nextFire } from '../domain/next-fire.ts';
import { readJobRow } from '../domain/read-job-row.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { DatabaseTime } from './database-time.ts';
import type { JobLoader, LeftOutJob } from './job-loader.ts';
import type { Clock } from './ports/clock.ts';
import type { FireClaims, FireCursor } from './ports/fire-claims.ts';
import type { Logger } from './ports/logger.ts';
import type { Unclaimed, UnclaimedLedger } from './ports/unclaimed-ledger.ts';

/** An instance that has the function claims sooner than this. */
const UNCLAIMED_MS = 60_000;
const LOOK_EVERY_MS = 60_000;
const TELL_EVERY_MS = 600_000;
const BATCH = 500;

export interface UnclaimedTellerDeps {
  readonly loader: JobLoader;
  readonly claims: FireClaims;
  readonly unclaimedLedger: UnclaimedLedger;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class UnclaimedTeller {
  readonly #deps: UnclaimedTellerDeps;
  /** When each configuration was told of last, as far as this process knows; on the monotonic clock, as `#lookedAt`. */
  readonly #toldAt = new Map<string, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: UnclaimedTellerDeps) {
    this.#deps = deps;
  }

  /** Once a minute, however often it is asked. @throws DatabaseUnavailableError */
  async tell(): Promise<void> {
    const { clock, loader, logger } = this.#deps;
    const now = clock.monotonicMs();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    for (const [key, at] of this.#toldAt) if (now - at >= TELL_EVERY_MS) this.#toldAt.delete(key);
    const asked = loader.leftOut.filter((job) => !this.#toldAt.has(keyOf(job)));
    try {
      for (let from = 0; from < asked.length; from += BATCH) await this.#tellOf(asked.slice(from, from + BATCH), now);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      logger.error('What passes unclaimed could not be told in the ledger; it is tried again in a minute.', {
        reason: describeError(error).message,
      });
    }
  }

  async #tellOf(jobs: readonly LeftOutJob[], lookedAt: number): Promise<void> {
    const { claims, time, unclaimedLedger } = this.#deps;
    const cursors = await claims.getCursors(jobs.map(({ config }) => config.jobId));
    const cursorOf = new Map(cursors.map((cursor) => [cursor.jobId, cursor]));
    const found = jobs
      .map((job) => toUnclaimed(job, cursorOf.get(job.config.jobId), time.now()))
      .filter((unclaimed) => unclaimed !== null);
    await unclaimedLedger.tell(found, TELL_EVERY_MS);
    for (const { event } of found) this.#toldAt.set(event.key, lookedAt);
  }
}

function keyOf({ config, resolution }: LeftOutJob): string {
  return `${resolution.kind} ${config.jobId} ${config.revision}`;
}

/** Null: nothing has passed yet. */
function toUnclaimed(job: LeftOutJob, cursor: FireCursor | undefined, now: number): Unclaimed | null {
  const { config, resolution } = job;
  if (cursor === undefined || cursor.revision !== config.revision || cursor.nextFireAt === 'exhausted') return null;
  const at = cursor.nextFireAt === 'unarmed' ? null : cursor.nextFireAt;
  const { schedule } = readJobRow(config);
  const from = at?.getTime() ?? firstAfterEdit(config, schedule, now);
  if (from === null || from + config.jitterMs > now - UNCLAIMED_MS) return null;
  const of = { jobId: config.jobId, scheduledAt: new Date(from), key: keyOf(job) };
  const seen = { revision: config.revision, cursor: at, from: new Date(from) };
  if (resolution.kind === 'invalid' || schedule === null) {
    const reason = `invalid: ${resolution.kind === 'invalid' ? resolution.reason : 'the row cannot be scheduled'}`;
    return { ...seen, event: { type: 'job.invalid', ...of, reason, detail: { cause: 'invalid', ...revisionOf(job) } } };
  }
  const end = Math.min(now, config.endAt?.getTime() ?? now);
  const detail = {
    ...{ cause: 'unresolved', handler: resolution.handler, count: Math.max(1, schedule.count(from - 1, end)) },
    ...{ from: new Date(from).toISOString(), to: new Date(schedule.previous(end + 1) ?? from).toISOString() },
    ...revisionOf(job),
  };
  const reason = `unresolved: no instance has claimed them, and this one does not run function '${resolution.handler}'; once one does, the misfire policy decides what is run`;
  return { ...seen, event: { type: 'job.unresolved', ...of, reason, detail } };
}

function revisionOf({ config }: LeftOutJob): { revision: number } {
  return { revision: config.revision };
}

/** Of a row that has no schedule every instant may be one. */
function firstAfterEdit(config: ArmableConfig, schedule: Schedule | null, now: number): number | null {
  const updatedAt = config.updatedAt.getTime();
  const editedAt = Number.isNaN(updatedAt) ? now : Math.min(updatedAt, now);
  return schedule === null ? editedAt : nextFire(config, schedule, editedAt);
}

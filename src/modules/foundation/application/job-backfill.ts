/**
 * Running occurrences that have passed. Owns the rules of what is run: occurrences of the schedule as it is now, within the
 * job's start and end, in [from, to) and not after now; one that has an execution, whatever came of it, is named and
 * not run again unless that is asked for, and then as its next attempt; one that waits already is left to wait.
 *
 * Invariant: the runs are rows that wait, oldest first: any replica takes the order, and the overlap policy holds for
 * them as for any other run that waits.
 */
import { InvalidInputError, JobNotFoundError } from '../domain/errors.ts';
import type { JobConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import { readJobRow } from '../domain/read-job-row.ts';
import type { Schedule } from '../domain/schedule.ts';
import { isStorableText } from '../domain/storable-json.ts';
import { checkKwargs } from './job-spec-check.ts';
import type { BackfilledOccurrence, Backfills } from './ports/backfills.ts';
import type { JobConfigRepository } from './ports/job-config-repository.ts';

export const MAX_BACKFILLED = 10_000;

export interface JobBackfillDeps {
  readonly configs: JobConfigRepository;
  readonly backfills: Backfills;
  readonly registry: () => MergedJobRegistry;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A new id at each call. */
  readonly newId: () => string;
}

export interface BackfillRequest {
  /** Included. */
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  readonly dryRun?: boolean;
  readonly includeCompleted?: boolean;
  readonly reason?: string;
}

export interface BackfillCaller {
  readonly actor: string;
  /** The id that the run of an occurrence gets, the same for a repeated order; left out: a new one each. */
  readonly idOf?: (scheduledAt: Date) => Promise<string>;
}

export interface Backfill {
  readonly jobId: string;
  readonly from: Date;
  /** Not after now. */
  readonly to: Date;
  readonly dryRun: boolean;
  /** How many runs wait now for this order, or would. */
  readonly count: number;
  readonly completed: number;
  readonly waiting: number;
  readonly occurrences: readonly BackfilledOccurrence[];
  readonly config: JobConfig;
}

export class JobBackfill {
  readonly #deps: JobBackfillDeps;

  constructor(deps: JobBackfillDeps) {
    this.#deps = deps;
  }

  /** @throws JobNotFoundError, InvalidInputError where it is too many or the row is invalid, JobNotRegisteredError */
  async run(jobId: string, request: BackfillRequest, caller: BackfillCaller): Promise<Backfill> {
    const config = isStorableText(jobId) ? await this.#deps.configs.getByJobId(jobId) : null;
    if (config === null) throw new JobNotFoundError(jobId);
    const range = this.#rangeOf(request);
    const instants = occurrencesIn(config, range);
    if (request.dryRun !== true) await checkKwargs(config, this.#deps.registry());
    const { includeCompleted = false, dryRun = false, reason = null } = request;
    const idOf = caller.idOf ?? (async () => this.#deps.newId());
    const wanted = await Promise.all(
      instants.map(async (ms) => ({ id: await idOf(new Date(ms)), scheduledAt: new Date(ms) })),
    );
    const order = { jobId, actor: caller.actor, reason, occurrences: wanted, includeCompleted, range };
    const occurrences = await (dryRun ? this.#deps.backfills.look(jobId, wanted) : this.#deps.backfills.add(order));
    if (occurrences === null) throw new JobNotFoundError(jobId);
    const countOf = (fate: BackfilledOccurrence['fate']) => occurrences.filter((one) => one.fate === fate).length;
    const again = dryRun && includeCompleted ? countOf('completed') : 0;
    return {
      ...{ jobId, ...range, dryRun, occurrences, config },
      count: dryRun ? countOf('open') + again : countOf('added'),
      completed: countOf('completed'),
      waiting: countOf('waiting'),
    };
  }

  #rangeOf({ from, to }: BackfillRequest): { from: Date; to: Date } {
    const end = new Date(Math.min(to.getTime(), this.#deps.now() + 1));
    if (from.getTime() >= to.getTime()) throw invalid('from', "Must be before 'to'.");
    if (from.getTime() >= end.getTime())
      throw invalid('from', 'Lies in the future: only what has passed is run again.');
    return { from, to: end };
  }
}

function occurrencesIn(config: JobConfig, { from, to }: { from: Date; to: Date }): number[] {
  const { schedule, reason } = readJobRow(config);
  if (schedule === null) throw invalid('jobId', `The row cannot be scheduled: ${reason}`);
  const after = Math.max(from.getTime(), config.startAt?.getTime() ?? 0) - 1;
  const until = Math.min(to.getTime() - 1, config.endAt?.getTime() ?? Number.POSITIVE_INFINITY);
  if (until <= after) return [];
  const count = schedule.count(after, until);
  if (count <= MAX_BACKFILLED) return schedule.many(after, count);
  throw tooMany(schedule, { after, count });
}

function tooMany(schedule: Schedule, { after, count }: { after: number; count: number }): InvalidInputError {
  const last = schedule.many(after, MAX_BACKFILLED).at(-1)!;
  const message =
    `Holds ${count} occurrences; one backfill runs at most ${MAX_BACKFILLED}. ` +
    `Ask for those before ${new Date(last + 1).toISOString()} first.`;
  return invalid('to', message);
}

function invalid(path: string, message: string): InvalidInputError {
  return new InvalidInputError(message, [{ path, message }]);
}

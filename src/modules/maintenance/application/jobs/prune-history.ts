/**
 * The job function `maintenance.prune-history`. Owns what its kwargs mean; invariant: an execution is deleted only when
 * it is older than `olderThan` and not among the last `keepLast` of its job.
 */
import * as v from 'valibot';
import { defineJob, type JobContext, type JobDefinition } from '../../../foundation/index.ts';
import { DURATION_PATTERN, parseDuration } from '../../domain/duration.ts';
import type { HistoryPruner } from '../ports/history-pruner.ts';

export const DEFAULT_RETENTION_MS = 2_592_000_000;
const MOST_KEPT = 1_000_000;

const pruneHistoryKwargs = v.strictObject({
  /** Left out: the service's retention. */
  olderThan: v.optional(
    v.pipe(
      v.string('must be a text'),
      v.regex(DURATION_PATTERN, "must be a duration such as '30d', '12h', '90m' or 'P30D', without months and years"),
    ),
  ),
  keepLast: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(0, 'must be at least 0'),
      v.maxValue(MOST_KEPT, `must be at most ${MOST_KEPT}`),
    ),
  ),
});

type PruneHistoryKwargs = v.InferOutput<typeof pruneHistoryKwargs>;

export interface PruneHistoryResult {
  deleted: number;
  /** The instant that divided old from new, RFC 3339. */
  olderThan: string;
  keepLast: number | null;
}

export interface PruneHistoryDependencies {
  readonly pruner: HistoryPruner;
  /** Wall-clock milliseconds since 1970. */
  readonly now: () => number;
  /** The service's retention, for jobs that name none. Left out: DEFAULT_RETENTION_MS, 30 days. */
  readonly defaultOlderThanMs?: number;
}

export function createPruneHistoryJob(dependencies: PruneHistoryDependencies): JobDefinition {
  return defineJob({
    description: "Deletes executions older than `olderThan`, but never the last `keepLast` of each job's.",
    kwargs: pruneHistoryKwargs,
    run: (kwargs, context) => pruneHistory(kwargs, context, dependencies),
  });
}

async function pruneHistory(
  kwargs: PruneHistoryKwargs,
  context: JobContext,
  { pruner, now, defaultOlderThanMs = DEFAULT_RETENTION_MS }: PruneHistoryDependencies,
): Promise<PruneHistoryResult> {
  const retentionMs = kwargs.olderThan === undefined ? defaultOlderThanMs : parseDuration(kwargs.olderThan);
  if (retentionMs === null) throw new TypeError(`olderThan '${kwargs.olderThan}' is no duration.`);
  const olderThan = new Date(now() - retentionMs);
  const keepLast = kwargs.keepLast ?? null;
  const { deleted } = await pruner.prune({ olderThan, keepLast, signal: context.signal });
  const result = { deleted, olderThan: olderThan.toISOString(), keepLast };
  context.logger.info('History pruned.', result);
  return result;
}

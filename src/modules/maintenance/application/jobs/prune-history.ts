/**
 * The job function `maintenance.prune-history`. Owns what its kwargs mean; invariant: an execution is deleted only when
 * it is older than `olderThan` and not among the last `keepLast` of its job.
 */
import * as v from 'valibot';
import { defineJob, type JobContext, type JobDefinition } from '../../../foundation/index.ts';
import { DURATION_PATTERN, parseDuration } from '../../domain/duration.ts';
import type { HistoryPruner } from '../ports/history-pruner.ts';

export const DEFAULT_RETENTION = '30d';
const MOST_KEPT = 1_000_000;

const pruneHistoryKwargs = v.strictObject({
  olderThan: v.optional(
    v.pipe(
      v.string('must be a text'),
      v.regex(DURATION_PATTERN, "must be a duration such as '30d', '12h', '90m' or 'P30D', without months and years"),
    ),
    DEFAULT_RETENTION,
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

/** @param now wall-clock milliseconds since 1970 */
export function createPruneHistoryJob(pruner: HistoryPruner, now: () => number): JobDefinition {
  return defineJob({
    description: "Deletes executions older than `olderThan` (30d), but never the last `keepLast` of each job's.",
    kwargs: pruneHistoryKwargs,
    run: (kwargs, context) => pruneHistory(kwargs, context, pruner, now),
  });
}

async function pruneHistory(
  kwargs: PruneHistoryKwargs,
  context: JobContext,
  pruner: HistoryPruner,
  now: () => number,
): Promise<PruneHistoryResult> {
  const retentionMs = parseDuration(kwargs.olderThan);
  if (retentionMs === null) throw new TypeError(`olderThan '${kwargs.olderThan}' is no duration.`);
  const olderThan = new Date(now() - retentionMs);
  const keepLast = kwargs.keepLast ?? null;
  const { deleted } = await pruner.prune({ olderThan, keepLast, signal: context.signal });
  const result = { deleted, olderThan: olderThan.toISOString(), keepLast };
  context.logger.info(`History pruned: ${deleted} executions deleted.`, result);
  return result;
}

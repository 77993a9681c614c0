/** The order to run occurrences that have passed, and what became of each. */
import * as v from 'valibot';
import type { Backfill } from '../../../application/job-backfill.ts';
import { MAX_BACKFILLED } from '../../../application/job-backfill.ts';
import { TEXT_LENGTHS } from '../../../application/job-spec-limits.ts';
import { instant, instantInput, instantText } from './instant.ts';
import { sayCount } from '../../../domain/words/say-count.ts';

const integer = v.pipe(v.number(), v.metadata({ type: 'integer' }));

export const backfillRequestSchema = v.strictObject({
  from: v.pipe(instantInput, v.description('The first instant, included.')),
  to: v.pipe(instantInput, v.description('The last instant, not included; what is after now is left out.')),
  dryRun: v.exactOptional(v.pipe(v.boolean(), v.description('Only say what would be run.'))),
  includeCompleted: v.exactOptional(
    v.pipe(v.boolean(), v.description('Run those again that have an execution, as its next attempt.')),
  ),
  reason: v.exactOptional(
    v.pipe(v.string(), v.maxLength(TEXT_LENGTHS.reason.max), v.metadata({ examples: ['the disk was full'] })),
  ),
});

export const backfillSchema = v.pipe(
  v.strictObject({
    jobId: v.string(),
    from: instant,
    to: instant,
    dryRun: v.boolean(),
    count: v.pipe(integer, v.description(`Runs that wait now for this order, or would; at most ${MAX_BACKFILLED}.`)),
    completed: v.pipe(integer, v.description('Occurrences that have an execution and are not run again.')),
    waiting: v.pipe(integer, v.description('Occurrences of which a run waited before.')),
    sentence: v.string(),
    sentenceZh: v.string(),
    occurrences: v.array(
      v.strictObject({
        scheduledAt: instant,
        fate: v.pipe(
          v.picklist(['added', 'completed', 'waiting', 'open']),
          v.description("'added': its run waits now; 'open': a dry run found nothing of it."),
        ),
        executionId: v.nullable(v.string()),
      }),
    ),
  }),
  v.metadata({ ref: 'Backfill' }),
);
export type BackfillJson = v.InferOutput<typeof backfillSchema>;

export function toBackfillJson(backfill: Backfill): BackfillJson {
  const { jobId, dryRun, count, completed, waiting, occurrences } = backfill;
  return {
    ...{ jobId, dryRun, count, completed, waiting },
    from: instantText(backfill.from),
    to: instantText(backfill.to),
    ...sayBackfill(backfill),
    occurrences: occurrences.map((one) => ({ ...one, scheduledAt: instantText(one.scheduledAt) })),
  };
}

function sayBackfill({ config, dryRun, count, completed, waiting, occurrences }: Backfill) {
  const isInTurn = config.overlapPolicy !== 'allow';
  const rest = [
    ...(completed === 0 ? [] : [`${completed} ran already`]),
    ...(waiting === 0 ? [] : [`${waiting} waited before`]),
  ];
  const restZh = [
    ...(completed === 0 ? [] : [`${completed} 次已执行过`]),
    ...(waiting === 0 ? [] : [`${waiting} 次此前已在等待`]),
  ];
  const order = isInTurn ? ', oldest first, one after another' : ', oldest first';
  const orderZh = isInTurn ? '，由旧到新，逐一执行' : '，由旧到新';
  const verb = dryRun ? `${count} would be run` : sayCount(count, 'waits to be run', 'wait to be run');
  return {
    sentence: `Of ${sayCount(occurrences.length, 'occurrence')} ${verb}${order}${rest.map((text) => `; ${text}`).join('')}.`,
    sentenceZh: `共 ${occurrences.length} 次，${dryRun ? '将执行' : '等待执行'} ${count} 次${orderZh}${restZh.map((text) => `；${text}`).join('')}。`,
  };
}

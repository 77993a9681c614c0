/** The answer to "why did it not run at nine?". */
import * as v from 'valibot';
import type { WhyAnswer } from '../../../application/job-ledger.ts';
import { VERDICTS } from '../../../domain/occurrence-verdict.ts';
import { eventSchema, toEventJson } from './event.ts';
import { executionSchema, toExecutionJson } from './execution.ts';
import { instant, instantOrNull, instantText, instantTextOrNull } from './instant.ts';

export const whyQuerySchema = v.strictObject({
  at: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(64),
      v.metadata({
        description:
          "An instant with Z or an offset, or a wall time without one, on the clock of the job's zone; without a fraction also " +
          'what ran or was due within its second. Left out: the latest occurrence until now, or else the first.',
        examples: ['2026-11-23T09:00:00+08:00', '2026-11-23T09:00'],
      }),
    ),
  ),
});

export const whySchema = v.pipe(
  v.strictObject({
    jobId: v.string(),
    at: instant,
    verdict: v.picklist(VERDICTS),
    sentence: v.string(),
    sentenceZh: v.string(),
    occurrence: v.pipe(instantOrNull, v.description('null: there is no occurrence at that instant.')),
    nearest: v.pipe(
      v.strictObject({ before: instantOrNull, after: instantOrNull }),
      v.description('Of the schedule as it was then.'),
    ),
    executions: v.pipe(v.array(executionSchema), v.description('All attempts, the first one first.')),
    events: v.pipe(v.array(eventSchema), v.description('What speaks of the instant, and the edits around it.')),
    pending: v.nullable(executionSchema),
  }),
  v.metadata({ ref: 'Why' }),
);
export type WhyJson = v.InferOutput<typeof whySchema>;

export function toWhyJson(answer: WhyAnswer): WhyJson {
  return {
    ...answer,
    at: instantText(answer.at),
    occurrence: instantTextOrNull(answer.occurrence),
    nearest: {
      before: instantTextOrNull(answer.nearest.before),
      after: instantTextOrNull(answer.nearest.after),
    },
    executions: answer.executions.map(toExecutionJson),
    events: answer.events.map(toEventJson),
    pending: answer.pending === null ? null : toExecutionJson(answer.pending),
  };
}

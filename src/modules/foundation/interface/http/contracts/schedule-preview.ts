/** The preview of a schedule in JSON. */
import * as v from 'valibot';
import { TEXT_LENGTHS } from '../../../application/job-spec-limits.ts';
import { MAX_PREVIEWED, type SchedulePreview } from '../../../application/schedule-preview.ts';
import { DIALECTS, DST_GAPS, DST_OVERLAPS } from '../../../domain/job-config.ts';
import { instant, instantInput, instantText } from './instant.ts';

export const previewRequestSchema = v.strictObject({
  cronExpression: v.pipe(
    v.string(),
    v.maxLength(TEXT_LENGTHS.cronExpression.max),
    v.metadata({ examples: ['0 9 * * mon-fri'] }),
  ),
  timezone: v.exactOptional(v.pipe(v.string(), v.maxLength(TEXT_LENGTHS.timezone.max))),
  dialect: v.exactOptional(v.picklist(DIALECTS)),
  dstGap: v.exactOptional(v.picklist(DST_GAPS)),
  dstOverlap: v.exactOptional(v.picklist(DST_OVERLAPS)),
  from: v.exactOptional(v.pipe(instantInput, v.description('Exclusive; left out: now.'))),
  count: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PREVIEWED))),
  jobId: v.exactOptional(v.pipe(v.string(), v.description("Salt of 'H'; '@every' counts from this job's creation."))),
});

export const previewSchema = v.pipe(
  v.strictObject({
    occurrences: v.array(instant),
    details: v.array(
      v.strictObject({
        at: instant,
        note: v.pipe(
          v.nullable(v.picklist(['moved', 'merged', 'repeated', 'firstPass'])),
          v.description('What a daylight-saving rule did to it.'),
        ),
      }),
    ),
    description: v.nullable(v.string()),
    descriptionZh: v.nullable(v.string()),
    warnings: v.array(v.string()),
    dialect: v.picklist(DIALECTS),
    timezone: v.string(),
  }),
  v.metadata({ ref: 'SchedulePreview' }),
);
export type PreviewJson = v.InferOutput<typeof previewSchema>;

export function toPreviewJson(preview: SchedulePreview): PreviewJson {
  return {
    ...preview,
    occurrences: preview.occurrences.map(instantText),
    details: preview.details.map(({ at, note }) => ({ at: instantText(at), note })),
    warnings: [...preview.warnings],
  };
}

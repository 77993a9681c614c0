/** The orders to pause a job, and to let it go on. */
import * as v from 'valibot';
import { TEXT_LENGTHS } from '../../../application/job-spec-limits.ts';
import { instantInput } from './instant.ts';

export const pauseSchema = v.strictObject({
  reason: v.exactOptional(
    v.pipe(v.string(), v.maxLength(TEXT_LENGTHS.reason.max), v.metadata({ examples: ['database migration'] })),
  ),
  until: v.exactOptional(v.pipe(instantInput, v.description('Left out: until it is resumed.'))),
});

export const resumeSchema = v.strictObject({
  catchUp: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description('Let the misfire policy judge what fell into the pause; otherwise it is left out.'),
    ),
  ),
});

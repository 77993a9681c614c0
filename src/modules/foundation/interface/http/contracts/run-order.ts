/** The order to stop a run, or to run it again. */
import * as v from 'valibot';
import { TEXT_LENGTHS } from '../../../application/job-spec-limits.ts';

export const runOrderSchema = v.strictObject({
  reason: v.exactOptional(
    v.pipe(v.string(), v.maxLength(TEXT_LENGTHS.reason.max), v.metadata({ examples: ['it holds up the others'] })),
  ),
});

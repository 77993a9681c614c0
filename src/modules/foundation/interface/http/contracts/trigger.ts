/** The order to run a job now. */
import * as v from 'valibot';
import { TEXT_LENGTHS } from '../../../application/job-spec-limits.ts';
import { jsonObject } from './json-object.ts';

export const triggerSchema = v.strictObject({
  jobKwargs: v.exactOptional(
    v.pipe(jsonObject, v.description("In place of the job's own; the function's defaults are laid under them.")),
  ),
  reason: v.exactOptional(
    v.pipe(v.string(), v.maxLength(TEXT_LENGTHS.reason.max), v.metadata({ examples: ['upstream was down at nine'] })),
  ),
});

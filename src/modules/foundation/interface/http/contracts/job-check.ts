/** Jobs that somebody means to save, and what would be refused of them. */
import * as v from 'valibot';
import type { JobCheck } from '../../../application/job-admin.ts';
import { DIALECTS } from '../../../domain/job-config.ts';
import { jobDraftSchema } from './job-input.ts';
import { fieldError } from './problem.ts';

export const MAX_CHECKED = 100;

export const jobCheckRequestSchema = v.strictObject({
  jobs: v.pipe(
    v.array(v.strictObject({ ...jobDraftSchema.entries, jobId: v.string() })),
    v.maxLength(MAX_CHECKED),
    v.description('As they would be put, each with its id.'),
  ),
});

const jobCheckSchema = v.pipe(
  v.strictObject({
    jobId: v.string(),
    dialect: v.pipe(v.nullable(v.picklist(DIALECTS)), v.description('As its text is read; null where it has faults.')),
    timezone: v.string(),
    errors: v.array(fieldError),
  }),
  v.metadata({ ref: 'JobCheck' }),
);
export type JobCheckJson = v.InferOutput<typeof jobCheckSchema>;

export const jobChecksSchema = v.strictObject({ items: v.array(jobCheckSchema) });

export function toJobCheckJson({ errors, ...check }: JobCheck): JobCheckJson {
  return { ...check, errors: [...errors] };
}

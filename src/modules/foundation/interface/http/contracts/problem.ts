/** An error in JSON: RFC 9457, with a stable code. */
import * as v from 'valibot';
import { DIALECTS } from '../../../domain/job-config.ts';
import { instant } from './instant.ts';

export const fieldError = v.pipe(
  v.strictObject({
    path: v.pipe(v.string(), v.description("Where, such as 'jobKwargs.url'; empty: the whole body.")),
    message: v.string(),
    position: v.exactOptional(
      v.pipe(v.number(), v.metadata({ type: 'integer', description: 'Offset of the first wrong character, from 0.' })),
    ),
    hint: v.exactOptional(v.string()),
  }),
  v.metadata({ ref: 'FieldError' }),
);

const reading = v.pipe(
  v.strictObject({ dialect: v.picklist(DIALECTS), next: v.array(instant), say: v.string() }),
  v.metadata({ ref: 'ScheduleReading' }),
);

export const problemSchema = v.pipe(
  v.strictObject({
    type: v.pipe(v.string(), v.description('A stable URN.')),
    title: v.string(),
    status: v.pipe(v.number(), v.metadata({ type: 'integer' })),
    detail: v.string(),
    code: v.pipe(v.string(), v.description('Stable; what a program branches on.')),
    requestId: v.string(),
    errors: v.exactOptional(v.array(fieldError)),
    readings: v.exactOptional(v.pipe(v.array(reading), v.description('The ways to read an ambiguous schedule.'))),
    currentRevision: v.exactOptional(v.pipe(v.number(), v.metadata({ type: 'integer' }))),
  }),
  v.metadata({
    ref: 'Problem',
    examples: [
      {
        type: 'urn:carillon:problem:job-not-found',
        title: 'Job not found',
        status: 404,
        detail: "There is no job 'nightly'. GET /admin/jobs lists those that exist.",
        code: 'JOB_NOT_FOUND',
        requestId: '5d7c1a0e-3b0f-4f6e-9a55-0f6c5a3b2d11',
      },
    ],
  }),
);
export type ProblemJson = v.InferOutput<typeof problemSchema>;

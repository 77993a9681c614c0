/** Schedules that no job has yet. */
import { Hono } from 'hono';
import type { JobAdmin } from '../../../application/job-admin.ts';
import { previewRequestSchema, previewSchema, toPreviewJson } from '../contracts/schedule-preview.ts';
import { BODY_PROBLEMS, describeEndpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import { jsonBody } from '../json-body.ts';

export function scheduleRoutes(jobAdmin: JobAdmin) {
  return new Hono<HttpEnv>().post(
    '/preview',
    describeEndpoint({
      operationId: 'previewSchedule',
      summary: 'Show when a schedule fires',
      tag: 'schedules',
      answers: {
        200: { description: 'As many occurrences as asked for, or as are left.', schema: previewSchema },
      },
      problems: BODY_PROBLEMS,
    }),
    jsonBody(previewRequestSchema),
    async (c) => c.json(toPreviewJson(await jobAdmin.preview(c.req.valid('json'))), 200),
  );
}

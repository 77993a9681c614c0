/** Jobs in JSON. */
import * as v from 'valibot';
import type { JobDetail } from '../../../application/job-admin.ts';
import type { JobView } from '../../../application/job-view.ts';
import {
  DIALECTS,
  DST_GAPS,
  DST_OVERLAPS,
  MISFIRE_POLICIES,
  ON_LOST,
  OUTAGE_POLICIES,
  OVERLAP_POLICIES,
} from '../../../domain/job-config.ts';
import { JOB_STATES } from '../../../domain/job-state.ts';
import { instant, instantOrNull, instantText, instantTextOrNull } from './instant.ts';
import { jsonObject } from './json-object.ts';
import { nextCursor } from './list.ts';

const integer = v.pipe(v.number(), v.metadata({ type: 'integer' }));

const entries = {
  id: v.pipe(v.string(), v.metadata({ format: 'uuid' })),
  jobId: v.string(),
  jobName: v.string(),
  cronExpression: v.string(),
  dialect: v.picklist(DIALECTS),
  timezone: v.string(),
  enabled: v.boolean(),
  jobKwargs: v.pipe(jsonObject, v.description("Secrets are '***'.")),
  handler: v.nullable(v.string()),
  misfirePolicy: v.picklist(MISFIRE_POLICIES),
  misfireGraceMs: v.nullable(integer),
  catchUpLimit: integer,
  overlapPolicy: v.picklist(OVERLAP_POLICIES),
  maxConcurrentRuns: v.nullable(integer),
  maxAttempts: integer,
  retryBackoffMs: integer,
  retryBackoffMax: integer,
  onLost: v.picklist(ON_LOST),
  timeoutMs: v.nullable(integer),
  jitterMs: integer,
  outagePolicy: v.picklist(OUTAGE_POLICIES),
  startAt: instantOrNull,
  endAt: instantOrNull,
  dstGap: v.picklist(DST_GAPS),
  dstOverlap: v.picklist(DST_OVERLAPS),
  tags: v.array(v.string()),
  notes: v.nullable(v.string()),
  createdAt: instant,
  updatedAt: instant,
  lastRunAt: instantOrNull,
  lastSuccessAt: v.pipe(instantOrNull, v.description('When its last run that succeeded ended.')),
  revision: v.pipe(integer, v.description("What 'ETag' and 'If-Match' carry.")),
  state: v.picklist(JOB_STATES),
  stateReason: v.nullable(v.string()),
  description: v.pipe(v.nullable(v.string()), v.description('The schedule in words.')),
  descriptionZh: v.pipe(v.nullable(v.string()), v.description('The schedule in words, in Chinese.')),
  nextRunAt: instantOrNull,
  pausedAt: instantOrNull,
  pausedUntil: instantOrNull,
  pauseReason: v.nullable(v.string()),
};

export const jobSchema = v.pipe(v.strictObject(entries), v.metadata({ ref: 'Job' }));
export type JobJson = v.InferOutput<typeof jobSchema>;

export const jobDetailSchema = v.pipe(
  v.strictObject({ ...entries, nextOccurrences: v.array(instant), warnings: v.array(v.string()) }),
  v.metadata({ ref: 'JobDetail' }),
);
export type JobDetailJson = v.InferOutput<typeof jobDetailSchema>;

export const jobPageSchema = v.pipe(
  v.strictObject({ items: v.array(jobSchema), nextCursor }),
  v.metadata({ ref: 'JobPage' }),
);

/** What only the service sets: an edited copy of an answer may bring it back. */
export const READ_ONLY_FIELDS = [
  'id',
  'createdAt',
  'updatedAt',
  'lastRunAt',
  'lastSuccessAt',
  'revision',
  'state',
  'stateReason',
  'description',
  'descriptionZh',
  'nextRunAt',
  'pausedAt',
  'pausedUntil',
  'pauseReason',
  'nextOccurrences',
  'warnings',
] as const satisfies readonly (keyof JobDetailJson)[];

export function toJobJson({ config, state, stateReason, description, descriptionZh, nextRunAt }: JobView): JobJson {
  const { id, jobId, jobName, cronExpression, dialect, timezone, ...rest } = config;
  return {
    ...{ id, jobId, jobName, cronExpression, dialect, timezone },
    ...rest,
    tags: [...config.tags],
    startAt: instantTextOrNull(config.startAt),
    endAt: instantTextOrNull(config.endAt),
    createdAt: instantText(config.createdAt),
    updatedAt: instantText(config.updatedAt),
    lastRunAt: instantTextOrNull(config.lastRunAt),
    lastSuccessAt: instantTextOrNull(config.lastSuccessAt),
    pausedAt: instantTextOrNull(config.pausedAt),
    pausedUntil: instantTextOrNull(config.pausedUntil),
    state,
    stateReason,
    description,
    descriptionZh,
    nextRunAt: instantTextOrNull(nextRunAt),
  };
}

export function toJobDetailJson(job: JobDetail): JobDetailJson {
  return {
    ...toJobJson(job),
    nextOccurrences: job.nextOccurrences.map(instantText),
    warnings: [...job.warnings],
  };
}

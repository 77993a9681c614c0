/** What may be sent to create, replace or change a job. Owns the shapes; whether they make sense is judged when it is saved. */
import * as v from 'valibot';
import {
  MAX_TAGS,
  type NumericPolicy,
  POLICY_RANGES,
  type Range,
  TEXT_LENGTHS,
} from '../../../application/job-spec-limits.ts';
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
import { instantInput } from './instant.ts';
import { jsonObject } from './json-object.ts';
import { booleanQuery, pageQuery } from './list.ts';

const text = ({ min, max }: Range) => v.pipe(v.string(), v.minLength(min), v.maxLength(max));
const policy = (name: NumericPolicy) =>
  v.pipe(v.number(), v.integer(), v.minValue(POLICY_RANGES[name].min), v.maxValue(POLICY_RANGES[name].max));

const jobName = v.pipe(text(TEXT_LENGTHS.jobName), v.metadata({ examples: ['Warm the cache'] }));
const cronExpression = v.pipe(text(TEXT_LENGTHS.cronExpression), v.metadata({ examples: ['*/5 * * * *'] }));

const optionalFields = {
  /** Of the path; may stand in the body as well, but not differ. */
  jobId: v.exactOptional(v.string()),
  dialect: v.exactOptional(
    v.pipe(v.picklist(DIALECTS), v.description('May be left out where the text means the same in all of them.')),
  ),
  timezone: v.exactOptional(v.pipe(text(TEXT_LENGTHS.timezone), v.metadata({ examples: ['Asia/Shanghai'] }))),
  enabled: v.exactOptional(v.boolean()),
  jobKwargs: v.exactOptional(v.pipe(jsonObject, v.description("'***' at a secret's place keeps the stored one."))),
  handler: v.exactOptional(
    v.pipe(v.nullable(v.string()), v.description('The registered function; null: the job id names it.')),
  ),
  misfirePolicy: v.exactOptional(v.picklist(MISFIRE_POLICIES)),
  misfireGraceMs: v.exactOptional(v.nullable(policy('misfireGraceMs'))),
  catchUpLimit: v.exactOptional(policy('catchUpLimit')),
  overlapPolicy: v.exactOptional(v.picklist(OVERLAP_POLICIES)),
  maxConcurrentRuns: v.exactOptional(v.nullable(policy('maxConcurrentRuns'))),
  maxAttempts: v.exactOptional(policy('maxAttempts')),
  retryBackoffMs: v.exactOptional(policy('retryBackoffMs')),
  retryBackoffMax: v.exactOptional(policy('retryBackoffMax')),
  onLost: v.exactOptional(v.picklist(ON_LOST)),
  timeoutMs: v.exactOptional(v.nullable(policy('timeoutMs'))),
  jitterMs: v.exactOptional(policy('jitterMs')),
  outagePolicy: v.exactOptional(v.picklist(OUTAGE_POLICIES)),
  startAt: v.exactOptional(v.nullable(instantInput)),
  endAt: v.exactOptional(v.nullable(instantInput)),
  dstGap: v.exactOptional(v.picklist(DST_GAPS)),
  dstOverlap: v.exactOptional(v.picklist(DST_OVERLAPS)),
  tags: v.exactOptional(v.pipe(v.array(text(TEXT_LENGTHS.tag)), v.maxLength(MAX_TAGS))),
  notes: v.exactOptional(v.nullable(text(TEXT_LENGTHS.notes))),
};

export const jobDraftSchema = v.strictObject({ jobName, cronExpression, ...optionalFields });

export const jobPatchSchema = v.strictObject({
  jobName: v.exactOptional(jobName),
  cronExpression: v.exactOptional(cronExpression),
  ...optionalFields,
});

export const jobQuerySchema = v.strictObject({
  ...pageQuery,
  q: v.exactOptional(v.pipe(v.string(), v.maxLength(200), v.description('Part of the job id or name, in any case.'))),
  enabled: v.exactOptional(booleanQuery),
  state: v.exactOptional(v.picklist(JOB_STATES)),
  handler: v.exactOptional(v.string()),
  tag: v.exactOptional(v.string()),
  sort: v.exactOptional(v.picklist(['jobId', 'nextRunAt', 'lastRunAt', 'updatedAt'])),
});

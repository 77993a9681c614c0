import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { JobDetail } from '../../../../../../../src/modules/foundation/application/job-admin.ts';
import {
  POLICY_RANGES,
  type NumericPolicy,
} from '../../../../../../../src/modules/foundation/application/job-spec-limits.ts';
import { DEFAULT_POLICIES } from '../../../../../../../src/modules/foundation/domain/job-config.ts';
import {
  jobDetailSchema,
  jobSchema,
  READ_ONLY_FIELDS,
  toJobDetailJson,
  toJobJson,
} from '../../../../../../../src/modules/foundation/interface/http/contracts/job.ts';
import {
  jobDraftSchema,
  jobPatchSchema,
} from '../../../../../../../src/modules/foundation/interface/http/contracts/job-input.ts';
import { jobConfig } from '../../../../../../support/in-memory-job-configs.ts';

const DETAIL: JobDetail = {
  config: jobConfig('a', { startAt: new Date(0), tags: ['x'] }),
  state: 'active',
  stateReason: null,
  description: null,
  descriptionZh: null,
  nextRunAt: new Date(1),
  nextOccurrences: [new Date(2)],
  warnings: ['w'],
};

describe('toJobJson()', () => {
  test('fits its schema, in which nothing is unknown', () => {
    expect(v.safeParse(jobSchema, toJobJson(DETAIL)).issues).toBeUndefined();
    expect(v.safeParse(jobDetailSchema, toJobDetailJson(DETAIL)).issues).toBeUndefined();
  });

  test('survives a trip through JSON unchanged', () => {
    const json = toJobDetailJson(DETAIL);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  test('opens with what a reader looks for first', () => {
    expect(Object.keys(toJobJson(DETAIL)).slice(0, 6)).toEqual([
      'id',
      'jobId',
      'jobName',
      'cronExpression',
      'dialect',
      'timezone',
    ]);
  });
});

describe('the contracts of a job', () => {
  test('every field of an answer can be sent back, or is left out of account', () => {
    const settable = Object.keys(jobDraftSchema.entries);
    const answered = Object.keys(jobDetailSchema.entries);
    expect([...settable, ...READ_ONLY_FIELDS].toSorted()).toEqual(answered.toSorted());
  });

  test('a patch takes what a draft takes, and needs none of it', () => {
    expect(Object.keys(jobPatchSchema.entries).toSorted()).toEqual(Object.keys(jobDraftSchema.entries).toSorted());
    expect(v.is(jobPatchSchema, {})).toBe(true);
    expect(v.is(jobDraftSchema, {})).toBe(false);
  });

  test('every default policy may be sent', () => {
    expect(v.is(jobPatchSchema, DEFAULT_POLICIES)).toBe(true);
  });

  test.each(Object.keys(POLICY_RANGES) as NumericPolicy[])(
    '%s may be as small and as large as the limits say, and no more',
    (name) => {
      const { min, max } = POLICY_RANGES[name];
      const takes = (value: unknown) => v.is(jobPatchSchema, { [name]: value });
      expect([takes(min), takes(max)]).toEqual([true, true]);
      expect([takes(min - 1), takes(max + 1), takes(min + 0.5), takes(String(min))]).toEqual([
        false,
        false,
        false,
        false,
      ]);
    },
  );

  test.each(['misfireGraceMs', 'timeoutMs', 'startAt', 'endAt', 'handler', 'notes'])('%s may be null', (name) => {
    expect(v.is(jobPatchSchema, { [name]: null })).toBe(true);
  });

  test.each(['jobName', 'cronExpression', 'timezone', 'enabled', 'jobKwargs', 'tags', 'catchUpLimit'])(
    '%s may not',
    (name) => {
      expect(v.is(jobPatchSchema, { [name]: null })).toBe(false);
    },
  );
});

import { describe, expect, test } from 'vitest';
import { asAnswer } from '../../../../src/cli/connection/foreign-answer.ts';
import { jobDetail } from '../../../../src/cli/output/job-lines.ts';
import { outcomeText, runDetail } from '../../../../src/cli/output/run-lines.ts';
import { DEFAULT_POLICIES } from '../../../../src/modules/foundation/domain/job-config.ts';
import { executionReportSchema } from '../../../../src/modules/foundation/interface/http/contracts/execution.ts';
import { jobDetailSchema } from '../../../../src/modules/foundation/interface/http/contracts/job.ts';
import { jobAnswer, runAnswer } from '../../../support/answers.ts';

const showJob = (value: unknown): string => jobDetail(asAnswer(jobDetailSchema, value), 0);
const showRun = (value: unknown): string => {
  const run = asAnswer(executionReportSchema, value);
  return `${runDetail(run, 'UTC')}${outcomeText(run)}`;
};
const without = (answer: object, field: string): object =>
  Object.fromEntries(Object.entries(answer).filter(([name]) => name !== field));

describe('asAnswer()', () => {
  test('is what was sent, with what only a newer service has', () => {
    const newer = { ...jobAnswer(), colour: 'red', state: 'dreaming', dstGap: 'leap' };
    expect(asAnswer(jobDetailSchema, newer)).toBe(newer);
    expect(showJob(newer)).toMatch(/dreaming/);
    expect(showRun({ ...runAnswer({}), status: 'DREAMING', failureReason: 'NONE' })).toMatch(/DREAMING NONE/);
    expect(showRun({ ...runAnswer({}), status: '__proto__' })).toMatch(/__proto__/);
  });

  test.for(['onLost', 'maxConcurrentRuns', 'notes', 'lastSuccessAt'])(
    'takes the job of an older service, without %s',
    (field) => {
      expect(showJob(without(jobAnswer(), field))).not.toContain(field);
    },
  );

  test.for([{ jobId: 5 }, { tags: 'x' }, { warnings: [null] }, { state: null }, { revision: '1' }])(
    'takes no job with %j',
    (fields) => {
      const message = `What answers there is not Carillon: it sent an object of another form, in '${Object.keys(fields)[0]}`;
      expect(() => asAnswer(jobDetailSchema, { ...jobAnswer(), ...fields })).toThrow(message);
    },
  );

  test('lets nothing through that a command would stumble over: whatever field is missing', () => {
    const shown = (show: (value: unknown) => string, answer: object, field: string): string | number => {
      try {
        return typeof show(without(answer, field));
      } catch (error) {
        return (error as { status: number }).status;
      }
    };
    const ofJob = Object.keys(jobAnswer()).filter((field) => shown(showJob, jobAnswer(), field) !== 3);
    const policies = Object.keys(DEFAULT_POLICIES).filter((field) => field !== 'jobKwargs' && field !== 'tags');
    expect(ofJob).toEqual([...policies, 'lastSuccessAt']);
    expect(ofJob.map((field) => shown(showJob, jobAnswer(), field))).toEqual(ofJob.map(() => 'string'));
    // The name of a policy is a run's field too.
    const ofRun = Object.keys(runAnswer()).filter((field) => shown(showRun, runAnswer(), field) !== 3);
    expect(ofRun).toEqual(['maxAttempts']);
  });
});

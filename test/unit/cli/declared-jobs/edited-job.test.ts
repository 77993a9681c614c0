import { describe, expect, test } from 'vitest';
import type { JobJson } from '../../../../src/cli/connection/answers.ts';
import {
  isEmpty,
  offerText,
  readEdited,
  withoutRemarks,
  withRemarks,
} from '../../../../src/cli/declared-jobs/edited-job.ts';
import { DEFAULT_POLICIES } from '../../../../src/modules/foundation/domain/job-config.ts';

const JOB = {
  ...DEFAULT_POLICIES,
  ...{ jobId: 'nightly', jobName: 'Nightly', cronExpression: '0 2 * * *', dialect: 'unix', timezone: 'UTC' },
  ...{ revision: 4, notes: 'first\n#! second\n', jobKwargs: { token: '***', 'a: b': '# no comment' } },
} as unknown as JobJson;

describe('isEmpty()', () => {
  test.for(['', '\n\n', '# a\n  # b\n', '# a\r\n\r\n# b\r\n', '\t\n \u00A0\n'])('takes %j for nothing', (text) => {
    expect(isEmpty(text)).toBe(true);
  });

  test.for(['jobs:', '# a\n- jobId: b', 'x # y', '\r\n.\r\n'])('takes %j for something', (text) => {
    expect(isEmpty(text)).toBe(false);
  });
});

describe('offerText()', () => {
  test('offers a text that changes nothing, whatever stands in the job', () => {
    const { faults, change } = readEdited(offerText(JOB), JOB);
    expect(faults).toBeNull();
    expect(change).toMatchObject({ action: 'keep', revision: 4 });
  });

  test('names what it leaves out, so that it can be written', () => {
    const [, second] = offerText(JOB).split('\n');
    expect(second).toMatch(/^# As by default, and therefore left out: enabled, .*maxAttempts/);
    expect(second).not.toMatch(/jobKwargs|notes/);
  });

  test('is read alike with the line ends of Windows', () => {
    expect(readEdited(offerText(JOB).replaceAll('\n', '\r\n'), JOB).change?.action).toBe('keep');
  });
});

describe('withRemarks()', () => {
  const faults = [
    { path: 'jobKwargs.url', message: 'Must be\n  a text.', hint: 'Say https://…' },
    { path: '', message: "There is none. Did you mean 'x'?", hint: "Did you mean 'x'?" },
  ];

  test('puts each fault on one line, and a hint that the message has already only once', () => {
    expect(withRemarks('text', faults).split('\n').slice(1)).toEqual([
      '#! jobKwargs.url: Must be a text. (Say https://…)',
      "#! There is none. Did you mean 'x'?",
      'text',
    ]);
  });

  test('is undone by withoutRemarks(), which touches no line of the job', () => {
    const text = offerText(JOB);
    expect(text).toMatch(/^ +#! second$/m);
    expect(withoutRemarks(withRemarks(text, faults))).toBe(text);
  });
});

describe('readEdited()', () => {
  test.for([
    ['jobs: []\n', '', 'Here stands one job, and not 0.'],
    ['- {jobId: other, cronExpression: 0 2 * * *}', 'jobId', "It is 'nightly', and cannot be changed."],
    ['- {jobId: nightly, cronExpression: 5}', 'cronExpression', 'Invalid type: Expected string but received 5'],
    ['- {jobId: nightly, cronExpression: *daily}', '', "There is no anchor '&daily' before it."],
  ] as const)('says of %j what is wrong, as of the one job that it is about', ([text, path, message]) => {
    expect(readEdited(text, JOB)).toMatchObject({ faults: [{ path, message }], change: null });
  });

  test('takes a secret that was typed for a change, and *** for the stored one', () => {
    const edited = (token: string): string => offerText(JOB).replace('token: "***"', `token: ${token}`);
    expect(readEdited(edited("'***'"), JOB).change?.action).toBe('keep');
    expect(readEdited(edited('sesame'), JOB).change?.fields).toMatchObject([{ field: 'jobKwargs' }]);
    expect(readEdited(edited('null'), JOB).change?.action).toBe('change');
  });

  test('keeps dialect and zone of the job where their lines are taken out', () => {
    const text = offerText(JOB).replace('dialect: unix', '').replace('timezone: UTC', '');
    expect(readEdited(text, JOB).change?.action).toBe('keep');
  });
});

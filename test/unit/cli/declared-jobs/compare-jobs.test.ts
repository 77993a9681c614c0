import { describe, expect, test } from 'vitest';
import type { JobJson } from '../../../../src/cli/connection/answers.ts';
import { compareJob, type JobChange, removalOf } from '../../../../src/cli/declared-jobs/compare-jobs.ts';
import { DEFAULT_POLICIES } from '../../../../src/modules/foundation/domain/job-config.ts';

const SETTLED = { dialect: 'unix', timezone: 'UTC' };
const SAID = { jobName: 'a', cronExpression: '0 9 * * *' };

/** As the service shows it: secrets are `***`. */
function stored(fields: Record<string, unknown>): JobJson {
  return { ...DEFAULT_POLICIES, ...SETTLED, ...SAID, jobId: 'a', revision: 3, ...fields } as unknown as JobJson;
}

function compare(
  before: Record<string, unknown> | null,
  after: Record<string, unknown>,
  writesSecrets = false,
): JobChange {
  const declared = { jobId: 'a', fields: { ...SAID, ...after }, index: 0 };
  return compareJob(declared, before === null ? null : stored(before), SETTLED, { writesSecrets });
}

const changed = (...given: Parameters<typeof compare>): string[] => compare(...given).fields.map(({ field }) => field);
const kwargs = (before: unknown, after: unknown, writesSecrets = false): string =>
  compare({ jobKwargs: before }, { jobKwargs: after }, writesSecrets).action;

describe('compareJob()', () => {
  test('of a job that is new shows what is said and nothing else, secrets as ***', () => {
    const change = compare(null, { jobKwargs: { url: 'https://u:p@a.example/?token=1', apiKey: 'k' } });
    expect(change).toMatchObject({ action: 'create', revision: null });
    expect(change.fields.map(({ field }) => field)).toEqual(['jobName', 'cronExpression', 'jobKwargs']);
    expect(change.fields.at(-1)).toEqual({
      field: 'jobKwargs',
      before: undefined,
      after: { url: 'https://u:***@a.example/?token=***', apiKey: '***' },
    });
  });

  test('takes what is left out for its default, and for what the service settled', () => {
    expect(changed({}, {})).toEqual([]);
    expect(changed({ maxAttempts: 3, notes: 'x', timezone: 'Asia/Shanghai' }, {})).toEqual([
      'timezone',
      'maxAttempts',
      'notes',
    ]);
    expect(compare({}, {})).toMatchObject({ action: 'keep', revision: 3 });
  });

  test.for(['startAt', 'endAt'])('takes %s for the same at the same instant, however it is written', (field) => {
    const before = { [field]: '2026-01-01T00:00:00.000Z' };
    expect(changed(before, { [field]: '2026-01-01T08:00:00+08:00' })).toEqual([]);
    expect(changed(before, { [field]: '2026-01-01T00:00:00.001Z' })).toEqual([field]);
    expect(changed(before, { [field]: null })).toEqual([field]);
    expect(changed({}, before)).toEqual([field]);
  });

  test.for([
    [{ a: 1 }, { a: '1' }],
    [{ a: null }, {}],
    [{}, { a: null }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: [1] }, { a: [1, 2] }],
    [{ a: [1, 2] }, { a: [1] }],
    [{ a: {} }, { a: [] }],
    [{ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }],
    [{ a: 'caf\u00E9' }, { a: 'cafe\u0301' }],
    [{}, { constructor: 'x' }],
    [{ a: false }, { a: 0 }],
  ] as const)('sees that %j is not %j', ([before, after]) => {
    expect(kwargs(before, after)).toBe('change');
  });

  test('takes keys in another order for the same', () => {
    expect(kwargs({ a: 1, b: { c: [{ d: 2, e: 3 }] } }, { b: { c: [{ e: 3, d: 2 }] }, a: 1 })).toBe('keep');
  });
});

describe('compareJob() and secrets', () => {
  test('a secret that is said counts as changed only where secrets are written', () => {
    expect(kwargs({ token: '***' }, { token: 'abc' })).toBe('keep');
    expect(kwargs({ token: '***' }, { token: 'abc' }, true)).toBe('change');
    expect(kwargs({ headers: [{ Cookie: '***' }] }, { headers: [{ Cookie: 'abc' }] })).toBe('keep');
    expect(kwargs({ token: '***' }, { token: '***' }, true)).toBe('keep');
  });

  test('a secret that is taken away, or added, is a change that anybody can see', () => {
    expect(kwargs({ token: '***' }, {})).toBe('change');
    expect(kwargs({ token: '***' }, { token: null })).toBe('change');
    expect(kwargs({}, { token: 'abc' })).toBe('change');
    expect(kwargs({ token: null }, { token: 'abc' })).toBe('change');
  });

  test('*** under a name that is no secret is a text like any other', () => {
    expect(kwargs({ colour: '***' }, { colour: 'red' })).toBe('change');
  });

  test('an address whose password is hidden is the same where all else of it is', () => {
    const shown = { url: 'https://u:***@a.example/x' };
    expect(kwargs(shown, { url: 'https://u:p@a.example/x' })).toBe('keep');
    expect(kwargs(shown, { url: 'https://u:p@a.example/x' }, true)).toBe('change');
    expect(kwargs(shown, { url: 'https://u:p@b.example/x' })).toBe('change');
    expect(kwargs(shown, { url: 'https://a.example/x' })).toBe('change');
  });

  test('shows neither the old secret nor the new one, whatever else has changed', () => {
    const { fields } = compare(
      { jobKwargs: { url: 'https://a.example/?token=***' } },
      { jobKwargs: { url: 'https://b.example/?token=sesame', nested: [{ password: 'sesame' }] } },
      true,
    );
    expect(fields).toHaveLength(1);
    expect(JSON.stringify(fields)).not.toContain('sesame');
  });
});

test('removalOf() is on the strength of the revision that was read', () => {
  expect(removalOf(stored({ revision: 8 }))).toEqual({
    ...{ jobId: 'a', action: 'remove', fields: [], revision: 8, declared: null },
  });
});

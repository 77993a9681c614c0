import { describe, expect, test } from 'vitest';
import { problemFault } from '../../../../src/cli/connection/problem-fault.ts';

const problem = (fields: Record<string, unknown>): string =>
  JSON.stringify({ code: 'X', title: 'Invalid input', detail: 'It is refused.', ...fields });

describe('problemFault()', () => {
  test.for([
    [400, 1],
    [401, 4],
    [403, 4],
    [404, 1],
    [412, 1],
    [422, 1],
    [429, 4],
    [500, 1],
    [502, 3],
    [503, 3],
    [504, 3],
    [507, 1],
  ] as const)('means by %d the exit status %d, whoever answered', ([status, exit]) => {
    expect(problemFault(status, problem({})).status).toBe(exit);
    expect(problemFault(status, '<html>Bad gateway</html>').status).toBe(exit);
  });

  test('says the detail of a problem without fields, and the code for programs', () => {
    expect(problemFault(409, problem({ code: 'JOB_RUNNING' }))).toMatchObject({
      ...{ message: 'It is refused.', code: 'JOB_RUNNING', details: [] },
    });
  });

  test('says every field on a line, its hint behind it unless the message has it already', () => {
    const errors = [
      { path: 'handler', message: 'No such function.', hint: "Did you mean 'a'?" },
      { path: '', message: "Say 'b'.", hint: "'b'" },
      { path: 'jobKwargs.url', message: 'Required.' },
    ];
    const { message, details } = problemFault(422, problem({ errors }));
    expect(message).toBe('Invalid input:');
    expect(details).toEqual([
      "  handler: No such function. (Did you mean 'a'?)",
      "  Say 'b'.",
      '  jobKwargs.url: Required.',
    ]);
  });

  test('says how an ambiguous text is read in each dialect', () => {
    const readings = [{ dialect: 'unix', next: ['Mon 1', 'Mon 8'], say: '0 9 * * mon' }];
    expect(problemFault(422, problem({ readings })).details).toEqual(['  as unix: Mon 1, Mon 8 …  say 0 9 * * mon']);
  });

  test('says where a token is found, of a missing one alone', () => {
    expect(problemFault(401, problem({})).details).toEqual([expect.stringContaining('--token or CARILLON_TOKEN')]);
    expect(problemFault(403, problem({})).details).toEqual([]);
  });

  test.for([
    '',
    'null',
    '"refused"',
    '[]',
    '{"code":"X"}',
    '{"code":"X","detail":"d"}',
    '{"code":"X","detail":"d","errors":[{"path":"p","message":"no title"}]}',
    '{"code":1,"detail":"a number for a code"}',
    '{"code":"X","detail":{"nested":true}}',
    '{"code":"X","title":"t","detail":"d","errors":"many"}',
    '{"code":"X","title":"t","detail":"d","errors":{"url":["is bad"]}}',
    '{"code":"X","title":"t","detail":"d","errors":[null]}',
    '{"code":"X","title":"t","detail":"d","errors":[{"path":["body","url"],"message":"m"}]}',
    '{"code":"X","title":"t","detail":"d","errors":[{"path":"p"}]}',
    '{"code":"X","title":"t","detail":"d","errors":[{"path":"p","message":"m","hint":5}]}',
    '{"code":"X","title":"t","detail":"d","readings":5}',
    '{"code":"X","title":"t","detail":"d","readings":[{}]}',
    '{"code":"X","title":"t","detail":"d","readings":[{"dialect":"unix","next":5,"say":"s"}]}',
  ])('takes %s for the answer of somebody else, and does not break over it', (text) => {
    expect(problemFault(418, text)).toMatchObject({
      message: 'The service answered with status 418, and without a reason.',
      ...{ status: 1, code: null, problem: null },
    });
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { Alias } from 'yaml';
import { readJobsFile } from '../../../../src/cli/declared-jobs/read-jobs-file.ts';

const lines = (...text: string[]): string => `${text.join('\n')}\n`;
const faultsOf = (text: string): string[] =>
  readJobsFile(text).faults.map(({ line, path, message }) => `${line} ${path}: ${message}`);

afterEach(() => vi.restoreAllMocks());

describe('readJobsFile()', () => {
  test('names a job after its id where it has no name, and keeps its place', () => {
    const { jobs, checkable, faults } = readJobsFile('[{"jobId":"a","cronExpression":"0 9 * * *"}]');
    const only = { jobId: 'a', fields: { jobName: 'a', cronExpression: '0 9 * * *' }, index: 0 };
    expect({ jobs, checkable, faults }).toEqual({ jobs: [only], checkable: [only], faults: [] });
  });

  test('lets an alias stand for what it was anchored to', () => {
    const text = lines(
      '- jobId: a',
      '  cronExpression: 0 9 * * *',
      '  tags: &tags [x, y]',
      '- {jobId: b, cronExpression: 0 9 * * *, tags: *tags}',
    );
    expect(readJobsFile(text).jobs[1]!.fields['tags']).toEqual(['x', 'y']);
  });

  test('lets two hundred jobs use one anchor', () => {
    const uses = Array.from({ length: 200 }, (_, at) => `- {jobId: b${at}, cronExpression: 0 9 * * *, tags: *tags}`);
    const { jobs, faults } = readJobsFile(lines('- {jobId: a, cronExpression: 0 9 * * *, tags: &tags [x]}', ...uses));
    expect(faults).toEqual([]);
    expect(jobs.map(({ fields }) => fields['tags'])).toEqual(Array.from({ length: 201 }, () => ['x']));
  });

  test('looks through the file once, however many aliases it has', () => {
    const resolve = vi.spyOn(Alias.prototype, 'resolve');
    expect(faultsOf(lines('- {jobId: &a a, cronExpression: 0 9 * * *, jobName: *a, notes: *a}'))).toEqual([]);
    // One that is not told what is known already looks through the whole file.
    expect(resolve.mock.calls.length).toBeGreaterThan(0);
    expect(resolve.mock.calls.filter(([, known]) => known === undefined)).toEqual([]);
  });

  test('takes an alias that stands before its anchor for one that leads nowhere', () => {
    expect(faultsOf(lines('- jobId: *id', '- jobId: &id a', '- jobId: *id'))).toEqual([
      "1 : There is no anchor '&id' before it.",
    ]);
  });

  test.for([
    ['cronExpression: *weekly', "2 : There is no anchor '&weekly' before it."],
    ['tags: [*x]', "2 : There is no anchor '&x' before it."],
  ] as const)('takes a bare star in %j for an alias that leads nowhere, at its line', ([field, says]) => {
    const { faults } = readJobsFile(lines('- jobId: a', `  ${field}`));
    expect(faults.map(({ line, path, message }) => `${line} ${path}: ${message}`)).toEqual([says]);
    expect(faults[0]!.hint).toBe("A schedule that begins with '*' or '@' stands in quotes.");
  });

  test('refuses aliases that multiply, and does not unfold them', () => {
    const tenfold = (of: string): string => `[${Array.from({ length: 10 }, () => of).join(', ')}]`;
    const text = lines(
      `a: &a ${tenfold('x')}`,
      `b: &b ${tenfold('*a')}`,
      `c: &c ${tenfold('*b')}`,
      `d: &d ${tenfold('*c')}`,
      `jobs: ${tenfold('*d')}`,
    );
    expect(faultsOf(text)).toEqual(['1 : Its aliases stand for more than a file may hold.']);
  });

  test('refuses a job that holds itself', () => {
    const [fault, ...others] = faultsOf(lines('- &a', '  jobId: x', '  cronExpression: 0 9 * * *', '  jobKwargs: *a'));
    expect(fault).toMatch(/^4 jobs\[0\](\.jobKwargs){1,10}[.a-zA-Z]*…: Nested deeper than 64 levels\.$/);
    expect(others).toEqual([]);
  });

  test.for([
    ['.inf', 'The number is too large to be kept.'],
    ['-.inf', 'The number is too large to be kept.'],
    ['.nan', 'The number is too large to be kept.'],
    ['"\\0"', 'Holds a NUL character or half a surrogate pair, which the database refuses.'],
    ['"\\ud800"', 'Holds a NUL character or half a surrogate pair, which the database refuses.'],
  ] as const)('refuses %s in the arguments, which would arrive as something else or not at all', ([value, says]) => {
    const text = lines('- jobId: a', '  cronExpression: 0 9 * * *', '  jobKwargs:', `    deep: [{x: ${value}}]`);
    expect(faultsOf(text)).toEqual([`4 jobs[0].jobKwargs.deep[0].x: ${says}`]);
  });

  test.for([
    ['jobId: 5', 'jobs[0].jobId: Invalid type: Expected string but received 5'],
    ['jobId:', 'jobs[0].jobId: Invalid type: Expected string but received null'],
    ['jobId: ""', 'jobs[0].jobId: Required.'],
    ['jobName: a', 'jobs[0].jobId: Required.'],
  ] as const)('refuses a job of %j, and asks no service about it', ([field, says]) => {
    const { faults, checkable } = readJobsFile(lines('- cronExpression: 0 9 * * *', `  ${field}`));
    expect(faults.map(({ path, message }) => `${path}: ${message}`)).toEqual([says]);
    expect(checkable).toEqual([]);
  });

  test('names what cannot be kept beside all else that is wrong with the job', () => {
    const text = lines('- cronExpression: 5', '  jobKwargs: {x: .inf}', '  colour: red', '  notes: "\\0"');
    expect(faultsOf(text)).toEqual([
      '2 jobs[0].jobKwargs.x: The number is too large to be kept.',
      '4 jobs[0].notes: Holds a NUL character or half a surrogate pair, which the database refuses.',
      '1 jobs[0].jobId: Required.',
      '3 jobs[0].colour: Unknown field.',
      '1 jobs[0].cronExpression: Invalid type: Expected string but received 5',
    ]);
  });

  test('says once that a field is what cannot be kept', () => {
    expect(faultsOf(lines('- jobId: a', '  cronExpression: 0 9 * * *', '  maxAttempts: .inf'))).toEqual([
      '3 jobs[0].maxAttempts: The number is too large to be kept.',
    ]);
  });

  test.for([
    ['"a\0"', 'notes'],
    ['a', '"n\0"'],
  ] as const)('asks no service about the job of id %s with %s, which none can be sent', ([jobId, field]) => {
    const { faults, checkable } = readJobsFile(
      lines(`- jobId: ${jobId}`, '  cronExpression: 0 9 * * *', `  ${field}: n`),
    );
    expect(faults[0]!.message).toMatch(/NUL/);
    expect(checkable).toEqual([]);
  });

  test('says of a field that stands twice, and of a second document, where they are', () => {
    expect(faultsOf(lines('- jobId: a', '  cronExpression: x', '  jobId: b'))).toEqual([
      '3 : Map keys must be unique.',
    ]);
    expect(faultsOf(lines('- jobId: a', '---', '- jobId: b'))).toEqual([expect.stringMatching(/^2 : .*multiple doc/)]);
  });

  test('counts lines that end as Windows ends them, and no line within a text', () => {
    const text = '- jobId: a\r\n  notes: |\r\n    one\r\n    two\r\n  cronExpression: 0 9 * * *\r\n  colour: red\r\n';
    expect(faultsOf(text)).toEqual(['6 jobs[0].colour: Unknown field.']);
  });

  test('asks about what is sound of a job with faults, with a schedule of its own where it has none', () => {
    const { jobs, checkable } = readJobsFile(lines('- jobId: a', '  cronExpression: 5', '  colour: red', '  notes: n'));
    expect(jobs).toEqual([]);
    expect(checkable).toEqual([
      { jobId: 'a', fields: { jobName: 'a', cronExpression: '@every 1h', notes: 'n' }, index: 0 },
    ]);
  });

  test('does not take __proto__ for a parent of the job', () => {
    const { faults } = readJobsFile('[{"jobId":"a","cronExpression":"0 9 * * *","__proto__":{"enabled":false}}]');
    expect(faults).toMatchObject([{ path: 'jobs[0].__proto__', message: 'Unknown field.' }]);
  });
});

describe('readJobsFile().faultAt()', () => {
  const file = readJobsFile(
    lines('jobs:', '- jobId: a', '  cronExpression: 0 9 * * *', '  jobKwargs:', '    list:', '      - 1', '      - 2'),
  );

  test.for([
    ['jobKwargs.list.1', 7, 'jobs[0].jobKwargs.list[1]'],
    ['jobKwargs.list.9', 5, 'jobs[0].jobKwargs.list[9]'],
    ['jobKwargs.url', 4, 'jobs[0].jobKwargs.url'],
    ['handler', 2, 'jobs[0].handler'],
    ['', 2, 'jobs[0]'],
  ] as const)('finds %j at the innermost line that the file has of it', ([path, line, place]) => {
    expect(file.faultAt(0, { path, message: 'm' })).toEqual({ line, path: place, message: 'm' });
  });

  test('does not lose a fault of a job that the file does not have', () => {
    expect(file.faultAt(7, { path: 'handler', message: 'm', hint: 'h' })).toEqual({
      ...{ line: 1, path: 'jobs[7].handler', message: 'm', hint: 'h' },
    });
  });
});

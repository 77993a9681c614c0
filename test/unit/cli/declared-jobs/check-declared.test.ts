import { afterEach, describe, expect, test } from 'vitest';
import { CommandFault } from '../../../../src/cli/command-fault.ts';
import type { Api } from '../../../../src/cli/connection/api.ts';
import { WatchedWork } from '../../../../src/cli/connection/watched-work.ts';
import { type Checked, checkDeclared } from '../../../../src/cli/declared-jobs/check-declared.ts';
import { readJobsFile } from '../../../../src/cli/declared-jobs/read-jobs-file.ts';

interface SentJob {
  readonly jobId: string;
}

let work: WatchedWork;
afterEach(() => work.close());

const jobs = (count: number, fields: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, at) => ({ jobId: `j${at}`, cronExpression: '0 9 * * *', ...fields }));
const sound = ({ jobId }: SentJob) => ({ jobId, dialect: 'unix', timezone: 'UTC', errors: [] });

/** Asks a service that answers each request as `judge` does; `sent` are the sizes of the requests. */
async function check(text: string, judge: (sent: readonly SentJob[]) => Response) {
  const sent: SentJob[][] = [];
  const $post = async ({ json }: { json: { jobs: SentJob[] } }) => {
    sent.push(json.jobs);
    return judge(json.jobs);
  };
  work = new WatchedWork(null);
  const api = { routes: { admin: { jobs: { check: { $post } } } } } as unknown as Api;
  const checked: Checked = await checkDeclared(api, readJobsFile(text), work);
  return { ...checked, sent };
}

const allSound = (sent: readonly SentJob[]): Response => Response.json({ items: sent.map(sound) });

describe('checkDeclared()', () => {
  test('asks about a hundred jobs at a time, and about each once', async () => {
    const { sent, settled, faults } = await check(JSON.stringify(jobs(201)), allSound);
    expect(sent.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([1, 100, 100]);
    expect(new Set(sent.flat().map(({ jobId }) => jobId)).size).toBe(201);
    expect([...settled.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 201 }, (_, at) => at));
    expect(faults).toEqual([]);
  });

  test('sends no request that is larger than the service takes, and a job that alone is larger by itself', async () => {
    const large = jobs(5, { jobKwargs: { text: 'x'.repeat(90_000) } });
    const { sent } = await check(
      JSON.stringify([...large, ...jobs(1, { jobId: 'huge', notes: 'y'.repeat(2_000) })]),
      allSound,
    );
    expect(sent.map(({ length }) => length)).toEqual([2, 2, 2]);
    const huge = jobs(3, { jobKwargs: { text: 'x'.repeat(300_000) } });
    expect((await check(JSON.stringify(huge), allSound)).sent.map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test('asks nothing about a file without jobs', async () => {
    expect((await check('jobs: []', allSound)).sent).toEqual([]);
  });

  test('puts what the service says of a job at its line, where others before it cannot be asked about', async () => {
    const text =
      '- nonsense\n- cronExpression: 0 9 * * *\n- jobId: a\n  handler: nobody\n  cronExpression: 0 9 * * *\n';
    const errors = [{ path: 'handler', message: 'No such function.' }];
    const { faults, settled } = await check(text, (sent) =>
      Response.json({ items: sent.map((job) => ({ ...sound(job), errors })) }),
    );
    expect(faults).toEqual([{ line: 4, path: 'jobs[2].handler', message: 'No such function.' }]);
    expect(settled.get(2)).toEqual({ dialect: 'unix', timezone: 'UTC' });
  });

  test('finds the jobs that a service of another version refuses as a whole request', async () => {
    const refusal = {
      ...{ code: 'INVALID_INPUT', title: 'Invalid input', detail: 'x' },
      errors: [
        { path: 'jobs.1.notes', message: 'Unknown field.' },
        { path: 'jobs.0', message: 'Must be a job.' },
      ],
    };
    const { faults } = await check(JSON.stringify(jobs(2), null, 1), () => Response.json(refusal, { status: 422 }));
    expect(faults.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'jobs[1].notes: Unknown field.',
      'jobs[0]: Must be a job.',
    ]);
  });

  test.for([
    ['jobs', 'Too many.'],
    ['jobs.7.notes', 'Unknown field.'],
    ['', 'The body is too large.'],
  ] as const)('throws a refusal at %j, which no job of the request has', async ([path, message]) => {
    const refusal = { code: 'X', title: 'Invalid input', detail: 'x', errors: [{ path, message }] };
    const asked = check(JSON.stringify(jobs(2)), () => Response.json(refusal, { status: 422 }));
    await expect(asked).rejects.toThrow(CommandFault);
  });

  test('says how far it had come where it is cut off, and that nothing was changed', async () => {
    const asked = check(JSON.stringify(jobs(300)), (sent) => {
      process.emit('SIGINT');
      return allSound(sent);
    });
    await expect(asked).rejects.toMatchObject({
      ...{ status: 130, message: 'Cut off when 100 of 300 jobs had been looked at; nothing was changed.' },
    });
  });
});

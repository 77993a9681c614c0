import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { addJobFlags, JOB_FLAGS, jobFieldsOf } from '../../../src/cli/job-flags.ts';
import { jobDraftSchema } from '../../../src/modules/foundation/interface/http/contracts/job-input.ts';

function fieldsOf(...words: string[]): Record<string, unknown> {
  const command = addJobFlags(new Command('create'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(words, { from: 'user' });
  return jobFieldsOf(command.opts());
}

test('JOB_FLAGS has every field that the API lets one set', () => {
  const settable = Object.keys(jobDraftSchema.entries).filter((field) => field !== 'jobId');
  const flagged = new Set(JOB_FLAGS.map(({ field }) => field).filter((field) => field !== 'url'));
  expect(flagged).toEqual(new Set(settable));
});

test('jobFieldsOf() gives what was said and nothing else, under the names of the API', () => {
  expect(fieldsOf('--cron', '0 9 * * *', '--tz', 'UTC', '--timeout', '2m', '--tag', 'a', '--tag', 'b')).toEqual({
    ...{ cronExpression: '0 9 * * *', timezone: 'UTC', timeoutMs: 120_000, tags: ['a', 'b'] },
  });
  expect(fieldsOf()).toEqual({});
  expect(fieldsOf('--disabled')).toEqual({ enabled: false });
  expect(fieldsOf('--enabled')).toEqual({ enabled: true });
});

test('jobFieldsOf() empties a field by none', () => {
  expect(fieldsOf('--timeout', 'none', '--handler', 'none', '--notes', 'none')).toEqual({
    ...{ timeoutMs: null, handler: null, notes: null },
  });
});

test('jobFieldsOf() takes --url as short for an HTTP request, beside other arguments', () => {
  expect(fieldsOf('--url', 'https://a.example', '--kwargs', '{"method":"POST"}')).toEqual({
    ...{ handler: 'http.request', jobKwargs: { method: 'POST', url: 'https://a.example' } },
  });
  expect(fieldsOf('--url', 'https://a.example', '--handler', 'other')).toMatchObject({ handler: 'other' });
});

test('jobFieldsOf() takes --kwargs from a file, also from one that begins with a byte-order mark', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-kwargs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'plain.json'), '{"a":1}');
  await writeFile(join(folder, 'marked.json'), '\uFEFF{"a":"\uFEFF"}');
  expect(fieldsOf('--kwargs', `@${join(folder, 'plain.json')}`)).toEqual({ jobKwargs: { a: 1 } });
  expect(fieldsOf('--kwargs', `@${join(folder, 'marked.json')}`)).toEqual({ jobKwargs: { a: '\uFEFF' } });
});

test.for([
  ['--max-attempts', 'many'],
  ['--jitter', 'soon'],
  ['--kwargs', 'not json'],
  ['--overlap-policy', 'maybe'],
])('addJobFlags() refuses %s %s', ([flag, value]) => {
  expect(() => fieldsOf(flag!, value!)).toThrow();
});

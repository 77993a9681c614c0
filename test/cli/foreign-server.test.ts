/** Where somebody else answers, in whatever form, every command that asks says so in a sentence, and prints nothing of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runCommandLine } from '../../src/cli/run-command-line.ts';
import { startHttpServer } from '../support/http-server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-foreign-'));
  await writeFile(join(folder, 'jobs.yaml'), '- { jobId: a, cronExpression: 0 9 * * * }\n');
  await writeFile(join(folder, 'crontab'), '0 9 * * * echo a\n');
  await writeFile(join(folder, 'apscheduler.json'), '[{ "id": "a", "func": "a", "trigger": "cron", "hour": "9" }]');
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** By its name, how each is called; `@` stands for the folder. */
const ASKING: Readonly<Record<string, readonly string[]>> = {
  'jobs list': [],
  'jobs show': ['a'],
  'jobs create': ['a', '--cron', '0 9 * * *'],
  'jobs edit': ['a', '--notes', 'x'],
  'jobs pause': ['a', '--until', '2030-01-01'],
  'jobs resume': ['a'],
  'jobs trigger': ['a', '--follow'],
  'jobs backfill': ['a', '--from', '2026-01-01', '--to', '2026-01-02'],
  'jobs delete': ['a', '--yes'],
  'runs list': ['--all'],
  'runs show': ['0a'],
  'runs logs': ['0a'],
  'runs cancel': ['0a'],
  'runs retry': ['0a'],
  events: [],
  why: ['a'],
  apply: ['@/jobs.yaml', '--prune', '--yes'],
  export: [],
  'import crontab': ['@/crontab', '--apply'],
  'import apscheduler': ['@/apscheduler.json', '--apply'],
  status: [],
};
/** `doctor` has a finding of its own for it, and a test beside it. */
const SILENT = ['help', 'preview', 'start', 'migrate', 'doctor', 'token'];

function namesOf(command: Command, before: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [before.join(' ')];
  return command.commands.flatMap((child) => namesOf(child, [...before, child.name()]));
}

test('the table below has every command', () => {
  expect(namesOf(createProgram()).toSorted()).toEqual([...Object.keys(ASKING), ...SILENT].toSorted());
});

async function call(words: readonly string[], answer: string) {
  await using server = await startHttpServer((_request, response) => response.end(answer));
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'on').mockReturnThis();
  const told = vi.spyOn(console, 'error').mockReturnValue();
  const given = words.map((word) => word.replace('@', folder));
  await runCommandLine(['node', 'carillon', '--server', server.origin, '--token', 't', ...given]);
  const outcome = { status: process.exitCode, printed: printed.mock.calls.flat().join('') };
  return { ...outcome, told: told.mock.calls.flat().map(String), asked: server.requests.length };
}

const FOREIGN = ['{}', '[]', '{"items":[{}]}', '{"items":[]}', 'null', '"x"', '<html>'];

describe.for(Object.entries(ASKING))('carillon %s', ([name, rest]) => {
  test.for(FOREIGN)('takes %s for the answer of somebody else', async (answer) => {
    for (const flags of [[], ['--json']]) {
      const { status, printed, told, asked } = await call([...flags, ...name.split(' '), ...rest], answer);
      expect(asked).toBeGreaterThan(0);
      expect({ status, printed }).toEqual({ status: 3, printed: '' });
      expect(told.join('\n')).toContain('What answers there is not Carillon: it sent ');
      vi.restoreAllMocks();
    }
  });
});

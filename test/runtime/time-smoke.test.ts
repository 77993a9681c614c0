/** Time is the same on every runtime that is installed here, and under every `TZ` of the process. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = fileURLToPath(new URL('time-smoke.ts', import.meta.url));

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, [...args, script], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  }).trim();
}

const expected = run(process.execPath, ['--no-warnings'], { TZ: 'UTC' });

test.each(['America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'Europe/Dublin', 'Australia/Lord_Howe', 'Not/AZone'])(
  'parseSchedule() gives the same occurrences in a process whose TZ is %s',
  { timeout: 60_000 },
  (TZ) => {
    expect(expected).toMatch(/^time [0-9a-f]{8} \d{4,}$/);
    expect(run(process.execPath, ['--no-warnings'], { TZ })).toBe(expected);
  },
);

test('parseSchedule() does not look at the locale of the process', { timeout: 60_000 }, () => {
  expect(run(process.execPath, ['--no-warnings'], { LC_ALL: 'ar_EG.UTF-8', LANG: 'th_TH.UTF-8' })).toBe(expected);
});

const runtimes = [
  ['deno', ['run', '--no-lock', '--quiet']],
  ['bun', ['run']],
] as const;

test.each(runtimes)('parseSchedule() gives the same occurrences on %s', { timeout: 120_000 }, (name, args) => {
  const binary = `${root}node_modules/.bin/${name}`;
  if (!existsSync(binary)) return; // Not among the installed runtimes.
  expect(run(binary, args)).toBe(expected);
});

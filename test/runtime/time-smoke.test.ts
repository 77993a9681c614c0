/** Time is the same on Node, Deno, Bun and workerd, and under every `TZ` of the process. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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
  expect(run(`${root}node_modules/.bin/${name}`, args)).toBe(expected);
});

test('parseSchedule() gives the same occurrences on workerd', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-workerd-'));
  try {
    await build({
      stdin: { contents: "export default { test: () => import('./time-smoke.ts') };", resolveDir: import.meta.dirname },
      ...{ bundle: true, format: 'esm', outfile: join(folder, 'worker.js') },
    });
    await writeFile(join(folder, 'workerd.capnp'), WORKERD_CONFIG);
    const args = ['test', join(folder, 'workerd.capnp')];
    const printed = execFileSync(`${root}node_modules/.bin/workerd`, args, { encoding: 'utf8', stdio: 'pipe' });
    expect(printed.trim()).toBe(expected);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const WORKERD_CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "time", worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
))]);
`;

/**
 * The npm package, as its users get it: built, packed, looked over by publint and arethetypeswrong, installed into a project of
 * its own, type-checked there and used.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage, publishedManifest } from '../../scripts/build.ts';
import { VERSION } from '../../src/main/version.ts';
import { createEmptyDatabase } from '../support/databases.ts';
import { ROOT } from '../support/service-process.ts';

const BIN = join(ROOT, 'node_modules/.bin');

function run(command: string, args: readonly string[], options: { cwd: string; env?: Record<string, string> }): string {
  const env = {
    ...process.env,
    PATH: `${BIN}:${process.env['PATH']}`,
    ...options.env,
    npm_config_update_notifier: 'false',
  };
  try {
    return execFileSync(command, args, { ...options, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

describe('the npm package', { timeout: 120_000 }, () => {
  let folder: string;
  let tarball: string;
  let project: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'carillon-package-'));
    buildPackage(join(folder, 'dist'));
    run('npm', ['pack', './dist', '--silent', '--pack-destination', folder], { cwd: folder });
    tarball = join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.tgz'))!,
    );
    project = join(folder, 'project');
    installInto(project, tarball);
  }, 240_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is clean to publint and arethetypeswrong', () => {
    run('publint', [tarball, '--strict'], { cwd: folder });
    run('attw', [tarball, '--profile', 'esm-only'], { cwd: folder });
  });

  it('holds no source, no test and no binary of Node', () => {
    const files = run('tar', ['tzf', tarball], { cwd: folder }).trim().split('\n');
    expect(files.filter((file) => /(?<![.]d)[.]ts$/.test(file) || file.includes('/test/'))).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(project, 'node_modules/carillon/package.json'), 'utf8'));
    expect(manifest.dependencies).not.toHaveProperty('node');
    expect(manifest).not.toHaveProperty('private');
  });

  it('gives its types to a project that checks them', () => {
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(STRICT));
    run('tsc', ['-p', 'tsconfig.json'], { cwd: project });
  });

  it('is a command there: npx carillon, on the Node of this machine too', () => {
    const bin = JSON.parse(readFileSync(join(project, 'node_modules/carillon/package.json'), 'utf8')).bin.carillon;
    expect(bin).toBe('./cli/carillon.js');
    // As npm install does it.
    mkdirSync(join(project, 'node_modules/.bin'));
    chmodSync(join(project, 'node_modules/carillon', bin), 0o755);
    symlinkSync(join('../carillon', bin), join(project, 'node_modules/.bin/carillon'));
    for (const PATH of [process.env['PATH']!, pathOfThisMachine()]) {
      const carillon = (...args: string[]) =>
        run('npx', ['--no', '--', 'carillon', ...args], { cwd: project, env: { PATH } });
      expect(carillon('--version').trim()).toBe(VERSION);
      expect(carillon('preview', '0 9 * * mon-fri', '--tz', 'Asia/Shanghai')).toContain('09:00');
      expect(() => carillon('jobs', '--server', '127.0.0.1:1')).toThrow(
        /No service answers at http:\/\/127\.0\.0\.1:1/,
      );
    }
  });

  it('schedules, runs and answers in a project of its own', async () => {
    const env = { DATABASE_URL: await createEmptyDatabase() };
    const printed = run('node', ['use.ts'], { cwd: project, env });
    expect(printed).toContain('SUCCESS {"greeting":"Hello, Ada!"}');
    const inVirtualTime = printed.split('\n').filter((line) => line.startsWith('in virtual time'));
    expect(inVirtualTime).toEqual(['in virtual time 2026-02-01T09:00:00.000Z SUCCESS {"greeting":"Hello, Grace!"}']);
  });
});

describe('publishedManifest()', () => {
  it('names compiled files where the root’s names sources', () => {
    const root = { exports: { './time': './src/time.ts' }, dependencies: { hono: '1', node: '2' } };
    expect(publishedManifest(root)).toMatchObject({
      exports: { './time': { types: './time.d.ts', default: './time.js' } },
      dependencies: { hono: '1' },
    });
  });
});

/** Without the Node that comes with this project. */
function pathOfThisMachine(): string {
  const folders = process.env['PATH']!.split(delimiter);
  return folders.filter((path) => !path.includes('node_modules')).join(delimiter);
}

/** What JSR is told: a dry run of `deno publish`, which looks at the types as JSR does. */
describe('deno publish', { timeout: 120_000 }, () => {
  it('takes every entry, and finds slow types in the typed client alone, which are its routes', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'deno.json'), 'utf8'));
    expect(exports).toEqual(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports);
    run('deno', ['publish', '--dry-run', '--allow-dirty', '--allow-slow-types'], { cwd: ROOT });
    const slow = failureOf(() => run('deno', ['publish', '--dry-run', '--allow-dirty'], { cwd: ROOT }));
    const files = [...slow.matchAll(/--> .*\/(src\/\S+[.]ts):\d+/g)].map(([, file]) => file);
    expect(new Set(files)).toEqual(new Set(['src/client.ts', 'src/modules/foundation/interface/http/app.ts']));
  });
});

function failureOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return stripVTControlCharacters(String(error));
  }
}

/** As `npm install` leaves it, with the dependencies that are here already. */
function installInto(project: string, tarball: string): void {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'carillon'), { recursive: true });
  run('tar', ['xzf', tarball, '--strip-components=1', '-C', join(modules, 'carillon')], { cwd: project });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.') && name !== 'carillon')
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'a-project', type: 'module' }));
  cpSync(join(ROOT, 'examples/own-module/greetings.ts'), join(project, 'greetings.ts'));
  writeFileSync(join(project, 'use.ts'), USE);
}

const STRICT = {
  compilerOptions: {
    ...{ target: 'ES2024', module: 'NodeNext', strict: true, exactOptionalPropertyTypes: true, types: ['node'] },
    ...{
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      lib: ['ES2024', 'DOM', 'ESNext.Disposable'],
    },
  },
  files: ['use.ts'],
};

const USE = `
import { createScheduler } from 'carillon';
import { createClient } from 'carillon/client';
import { createWorker } from 'carillon/cloudflare';
import { createTestScheduler } from 'carillon/testing';
import { parseSchedule } from 'carillon/time';
import { greetings } from './greetings.ts';

const token = 'a-token-of-the-project-0123456789ab';
const carillon = await createScheduler({
  modules: { greetings },
  database: process.env['DATABASE_URL']!,
  settings: { ADMIN_TOKEN: token, DEFAULT_TIMEZONE: 'UTC' },
});
await carillon.start();
const client = createClient('http://here', { token, fetch: (async (url, init) => carillon.app.request(new Request(url, init))) as typeof fetch });
const param = { jobId: 'greetings.hello' };
await client.admin.jobs[':jobId'].$put({
  param,
  json: { jobName: 'Greets', cronExpression: '* * * * * *', dialect: 'unix', jobKwargs: { name: 'Ada' } },
});
let run;
while (run?.status !== 'SUCCESS') {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const answer = await client.admin.jobs[':jobId'].executions.$get({ param, query: {} });
  if (answer.status !== 200) throw new Error(await answer.text());
  run = (await answer.json()).items.at(-1);
}
console.log(run.status, JSON.stringify(run.result));
await carillon.stop();
const kit = await createTestScheduler({ modules: { greetings }, startAt: '2026-02-01T08:59' });
await kit.save({ jobId: param.jobId, cronExpression: '0 9 * * *', dialect: 'unix', jobKwargs: { name: 'Grace' } });
await kit.advanceTo('2026-02-01T09:00');
await kit.stop();
for (const { scheduledAt, status, result } of kit.runs(param.jobId)) console.log('in virtual time', scheduledAt.toISOString(), status, JSON.stringify(result));
const next: number | null = parseSchedule({ text: '0 9 * * *', dialect: 'unix', timezone: 'UTC' }).next(0);
if (next !== 32_400_000 || typeof createWorker({ modules: { greetings } }).scheduled !== 'function') throw new Error('wrong');
`;

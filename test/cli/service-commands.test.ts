/** `carillon start`, `status`, `doctor`, `migrate`, `token`, `completion` and `runs logs`: what surrounds the service. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { runCarillon } from '../support/run-carillon.ts';
import { ROOT, ServiceProcess } from '../support/service-process.ts';

// Each command is a process of its own: on a busy machine ten of them take a while.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let service: ServiceProcess;
let env: Record<string, string>;

/** `carillon start` on PostgreSQL, in a folder of its own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-start-'));
  env = { DATABASE_URL: await createEmptyDatabase(), DATA_DIRECTORY: join(folder, 'data') };
  const words = [resolve(ROOT, 'src/cli/carillon.ts'), 'start', '--port', '0'];
  const child = spawn(resolve(ROOT, 'node_modules/.bin/node'), words, {
    cwd: folder,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
  });
  service = new ServiceProcess(child, 'node');
  const [, address] = await service.printed(/ready at (http:\S+)/);
  service.address = address!;
});

afterAll(async () => {
  await service.kill();
  await rm(folder, { recursive: true, force: true });
});

/** Without a token: the one made at the first start is found. */
const carillon = (words: string[], more: Record<string, string> = {}) =>
  runCarillon(words, { server: service.address, cwd: folder, env: { CARILLON_TOKEN: '', ...env, ...more } });

describe('carillon start', () => {
  test('starts the service in any folder, and its token is found by the commands there', async () => {
    expect(existsSync(join(folder, 'data/admin-token'))).toBe(true);
    const { stdout, status } = await carillon(['jobs']);
    expect(status).toBe(0);
    expect(stdout).toContain('maintenance.heartbeat');
  });
});

describe('carillon status', () => {
  test('shows mode, jobs, runs and instances', async () => {
    const { stdout, status } = await carillon(['status']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Mode +normal\nJobs +2 {2}(2 neverRan|1 \w+, 1 \w+)\n/);
    expect(stdout).toMatch(/INSTANCE +HOST +RUNTIME +VERSION +HEARTBEAT\n[0-9a-f-]{36} +.*node 24\./);
    expect(JSON.parse((await carillon(['status', '--json'])).stdout)).toMatchObject({ mode: 'normal' });
  });
});

describe('carillon runs logs', () => {
  test('shows what a run said; jobs trigger --follow shows it as it comes', async () => {
    const followed = await carillon(['jobs', 'trigger', 'maintenance.heartbeat', '-f']);
    expect(followed.stdout).toMatch(/^\d{4}-\S+ \S+ info {2}The bell rings\.[^\n]*\n[0-9a-f-]{36} {2}SUCCESS/);
    const id = /[0-9a-f-]{36}/.exec(followed.stdout)![0];
    const { stdout } = await carillon(['runs', 'logs', id]);
    expect(stdout).toMatch(/^[^\n]*The bell rings\.[^\n]*\n$/);
    const json = await carillon(['runs', 'logs', id, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject([{ level: 'info', message: 'The bell rings.' }]);
  });
});

describe('carillon doctor', () => {
  test('finds nothing wrong with a service that runs', async () => {
    const { stdout, status } = await carillon(['doctor']);
    expect(stdout).not.toMatch(/^(NO|!!)/m);
    for (const name of ['settings', 'runtime', 'zone data', 'folder', 'database', 'migrations', 'clock', 'listen']) {
      expect(stdout).toMatch(new RegExp(`^ok {2}${name}`, 'm'));
    }
    expect(stdout).toContain('NOTIFY reaches LISTEN');
    expect(status).toBe(0);
  });

  test('says what is wrong, and what to do', async () => {
    const away = await carillon(['doctor'], { DATABASE_URL: 'postgres://a:b@127.0.0.1:9/x' });
    expect(away.status).toBe(1);
    expect(away.stdout).toMatch(
      /^NO {2}database +PostgreSQL at 127.0.0.1:9\/x: .*ECONNREFUSED.*\n +→ Check DATABASE_URL/m,
    );
    expect(away.stdout).not.toContain('a:b');
    const settings = await carillon(['doctor'], { PORT: 'x', DATABSE_URL: 'y' });
    expect(settings.stdout).toMatch(/^NO {2}settings .*PORT wants/m);
  });

  test('names the migrations that are not applied, and applies none', async () => {
    const fresh = { DATABASE_URL: await createEmptyDatabase() };
    for (const _ of ['once', 'again']) {
      const { stdout } = await carillon(['doctor'], fresh);
      expect(stdout).toMatch(/^!! {2}migrations +\d+ to apply: 0000_.*\n +→ .*carillon migrate/m);
    }
  });
});

describe('carillon migrate', () => {
  test('applies the migrations, once', async () => {
    const fresh = { DATABASE_URL: await createEmptyDatabase() };
    const first = await carillon(['migrate', '--json'], fresh);
    expect(JSON.parse(first.stdout)).toMatchObject({ applied: true });
    expect((await carillon(['migrate'], fresh)).stdout).toMatch(/^PostgreSQL .* is up to date: there was nothing to/);
    expect((await carillon(['doctor'], fresh)).stdout).toMatch(/^ok {2}migrations +all applied$/m);
  });

  test('ends with status 3 where there is no database, with 2 where the settings cannot be used', async () => {
    expect((await carillon(['migrate'], { DATABASE_URL: 'postgres://a:b@127.0.0.1:9/x' })).status).toBe(3);
    expect((await carillon(['migrate'], { PORT: 'x' })).status).toBe(2);
  });
});

describe('carillon token', () => {
  test('prints a token that the service takes, and nothing else, on standard output', async () => {
    const [one, other] = await Promise.all([carillon(['token']), carillon(['token'])]);
    expect(one.stdout).toMatch(/^[\w-]{43}\n$/);
    expect(one.stdout).not.toBe(other.stdout);
    expect(one.stderr).toContain('ADMIN_TOKEN');
  });
});

describe('carillon completion', () => {
  test.for(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { stdout, status } = await carillon(['completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/carillon/);
  });

  test('completes commands, values and the ids of jobs; without a service, without them', async () => {
    const offered = async (...words: string[]) =>
      (await carillon(['complete', '--', ...words])).stdout.split('\n').map((line) => line.split('\t')[0]);
    expect(await offered('jo')).toContain('jobs');
    expect(await offered('jobs', 'list', '--state', '')).toContain('failing');
    expect(await offered('jobs', 'show', '')).toContain('maintenance.heartbeat');
    const away = await runCarillon(['complete', '--', 'jobs', 'show', ''], { server: 'http://127.0.0.1:9' });
    expect(away).toMatchObject({ status: 0, stderr: '' });
  });
});

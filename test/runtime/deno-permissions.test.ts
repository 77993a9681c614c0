/** Deno's permissions: those of `deno.json` are enough, and each of them is needed; whoever lacks one is told which, in one sentence. */
import { readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SETTING_NAMES } from '../../src/main/setting-names.ts';
import { createEmptyDatabase, createMigratedDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT, type ServiceProcess, spawnService } from '../support/service-process.ts';

const { tasks } = JSON.parse(readFileSync(join(ROOT, 'deno.json'), 'utf8')) as {
  tasks: Record<'start' | 'serve' | 'cron', { command: string }>;
};
const BIN = join(ROOT, 'node_modules/.bin/deno');
const folder = `data/permissions-${process.pid}`;
const running: ServiceProcess[] = [];

afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
  await rm(join(ROOT, folder), { recursive: true, force: true });
});

/** The task's own words, for this Deno; its packages may stand elsewhere than in the folder. */
function wordsOf(task: keyof typeof tasks): string[] {
  const [, ...words] = tasks[task].command.split(' ');
  const packages = realpathSync(join(ROOT, 'node_modules'));
  return words.map((word) => (word.startsWith('--allow-read=') ? `${word},${packages}` : word));
}

function start(words: readonly string[], env: Record<string, string>): ServiceProcess {
  const args = [BIN, ...words];
  const service = spawnService({ runtime: 'deno', args: args.slice(1), env: { DATA_DIRECTORY: folder, ...env } });
  running.push(service);
  return service;
}

const without = (flag: string): string[] => wordsOf('start').filter((word) => !word.startsWith(flag));

describe('deno task start', () => {
  it('serves with its permissions and no prompt, and its tasks ask for every setting by its name', async () => {
    await start(wordsOf('start'), {}).printed(/Carillon is ready at/);
    for (const { command } of Object.values(tasks)) {
      const names = /--allow-env=(\S+)/.exec(command)![1]!.split(',');
      expect(names).toEqual(expect.arrayContaining([...SETTING_NAMES]));
      expect(command).toContain('--no-prompt');
      expect(command).not.toMatch(/--allow-(all|run|ffi|import)|-A\b/);
    }
  }, 60_000);

  it.each([
    ['--allow-net', /Requires net access to "127\.0\.0\.1:0"/],
    ['--allow-read', /Requires read access to "data/],
    ['--allow-write', /Requires write access to "data/],
    ['--allow-sys', /Requires sys access to "hostname"/],
    ['--allow-env', /Requires env access to "DATABASE_URL"/],
  ])(
    'without %s says in one line what is lacking, and ends',
    async (flag, reason) => {
      const env =
        flag === '--allow-net' || flag === '--allow-sys' ? { DATABASE_URL: 'memory://' } : { ADMIN_TOKEN: '' };
      const service = start(without(flag), env);
      expect(await service.ended()).toBe(1);
      const told = service.output.trim().split('\n').at(-1)!;
      expect(told).toMatch(/^Carillon could not start: .*deno\.json/);
      expect(told).toMatch(reason);
    },
    60_000,
  );

  it('on PostgreSQL, with its token given, needs no file at all', async () => {
    const words = wordsOf('start').filter((word) => !/^--allow-(read|write)/.test(word));
    await start(words, { DATABASE_URL: await createMigratedDatabase() }).printed(/Carillon is ready at/);
  }, 60_000);
});

describe('deno task cron', () => {
  it('serves by requests, and Deno.cron sweeps within a minute', async () => {
    const service = start(wordsOf('cron'), { DATABASE_URL: await createEmptyDatabase(), PORT: '0' });
    service.address = (await service.printed(/ready at (\S+)/))[1]!;
    await eventually(async () => {
      const { body } = await service.call('GET', '/admin/jobs/maintenance.heartbeat');
      expect(body).toMatchObject({ jobId: 'maintenance.heartbeat', nextRunAt: expect.any(String) });
    }, 90_000);
  }, 100_000);
});

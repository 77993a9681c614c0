/** PgliteDatabase on a folder: its lock, its version, its reopening, and the event loop beside it. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DatabaseLockedError,
  DatabaseUnavailableError,
  DatabaseVersionError,
} from '../../../../../../../src/modules/foundation/domain/errors.ts';
import { EMBEDDED_POSTGRES_MAJOR } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/open-pglite.ts';
import { PgliteDatabase } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/pglite-database.ts';
import { CronScheduleTimers } from '../../../../../../../src/modules/foundation/infrastructure/time/cron-schedule-timers.ts';

const LOCKER = fileURLToPath(new URL('hold-folder-lock.ts', import.meta.url));

let dataDirectory: string;
let opened: PgliteDatabase[];

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'carillon-pglite-'));
  opened = [];
});
afterEach(async () => {
  for (const database of opened) await database.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

function create(onProgress?: (message: string) => void): PgliteDatabase {
  const database = new PgliteDatabase({ dataDirectory, onProgress });
  opened.push(database);
  return database;
}

describe('PgliteDatabase', { timeout: 60_000 }, () => {
  it('is made once, for its owner alone, and holds its rows when it is opened again', async () => {
    const messages: string[] = [];
    const first = create((message) => messages.push(message));
    await Promise.all([first.open(), first.open()]);
    expect(messages.join('\n')).toMatch(/Creating the embedded database in .*\n.*migration/);
    expect((await stat(join(dataDirectory, 'postgres'))).mode & 0o777).toBe(0o700);
    expect((await readFile(join(dataDirectory, 'postgres', 'PG_VERSION'), 'utf8')).trim()).toBe(
      EMBEDDED_POSTGRES_MAJOR,
    );
    await first.rows(sql`insert into scheduler_event (type) values ('instance.started')`);
    await first.close();
    await expect(first.now()).rejects.toThrow(DatabaseUnavailableError);

    messages.length = 0;
    const second = create((message) => messages.push(message));
    await second.open();
    expect(messages).toEqual([]);
    expect(await second.rows(sql`select type from scheduler_event`)).toEqual([{ type: 'instance.started' }]);
    await expect(create().open()).rejects.toThrow(DatabaseLockedError);
  });

  it.each(['node', 'deno run -A'])(
    'refuses a folder that a process of %s holds, naming it; not after it was killed',
    async (runtime) => {
      const [command, ...flags] = runtime.split(' ');
      const holder = spawn(command!, [...flags, LOCKER, dataDirectory], { stdio: ['pipe', 'pipe', 'inherit'] });
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      const refused = create().open();
      await expect(refused).rejects.toThrow(DatabaseLockedError);
      await expect(refused).rejects.toThrow(new RegExp(`Process ${holder.pid} on .*, since \\d{4}-`));
      const exited = new Promise((resolve) => holder.once('exit', resolve));
      holder.kill('SIGKILL');
      await exited;
      await create().open();
    },
  );

  it('ends the leases of those who were killed on it: nobody waits for them', async () => {
    const first = create();
    await first.open();
    await first.rows(sql`
      insert into scheduler_instance (id, hostname, runtime, version, started_at, renewed_at, expires_at)
      values ('killed', 'host', 'node', '0', now(), now(), now() + interval '15 seconds')`);
    await first.close();
    const second = create();
    await second.open();
    const live = await second.rows(sql`select id from scheduler_instance where expires_at > clock_timestamp()`);
    expect(live).toEqual([]);
  });

  it('refuses the folder of another major version, and leaves it as it is', async () => {
    const database = create();
    await database.open();
    await database.close();
    await writeFile(join(dataDirectory, 'postgres', 'PG_VERSION'), '16\n');
    const refused = create().open();
    await expect(refused).rejects.toThrow(DatabaseVersionError);
    await expect(refused).rejects.toThrow(/PostgreSQL 16; .* carries 18/);
    await writeFile(join(dataDirectory, 'postgres', 'PG_VERSION'), `${EMBEDDED_POSTGRES_MAJOR}\n`);
    await create().open();
  });

  it('makes a folder anew whose making was interrupted', async () => {
    await writeFile(join(dataDirectory, 'creating'), '');
    await mkdir(join(dataDirectory, 'postgres'));
    await writeFile(join(dataDirectory, 'postgres', 'PG_VERSION'), `${EMBEDDED_POSTGRES_MAJOR}\n`);
    const database = create();
    await database.open();
    expect(await database.now()).toBeGreaterThan(0);
  });

  it('lets timers have their turn between queries', async () => {
    const database = new PgliteDatabase({ dataDirectory: null });
    opened.push(database);
    await database.open();
    const timers = new CronScheduleTimers();
    let ticks = 0;
    let cancel = (): void => undefined;
    const tick = (): void => {
      ticks += 1;
      cancel = timers.wakeAfter(0, tick);
    };
    tick();
    await Promise.all(Array.from({ length: 200 }, () => database.now()));
    cancel();
    expect(ticks).toBeGreaterThan(20);
  });

  it('answers a failing statement and goes on', async () => {
    const database = new PgliteDatabase({ dataDirectory: null });
    opened.push(database);
    await database.open();
    const calls = await Promise.allSettled([
      database.rows(sql`select 1/0`),
      database.rows(sql`select 1 as one`),
      database.rows(sql`insert into scheduler_job_config (job_id, job_name, cron_expression) values ('', '', '')`),
    ]);
    expect(calls).toMatchObject([
      { status: 'rejected', reason: { classified: { fault: 'invalidData', code: '22012' } } },
      { status: 'fulfilled', value: [{ one: 1 }] },
      {
        status: 'rejected',
        reason: { classified: { fault: 'checkViolation', constraint: 'scheduler_job_config_job_id' } },
      },
    ]);
  });
});

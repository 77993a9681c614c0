/** PostgresDatabase under faults: black holes, killed backends, refused connections, a slow statement beside others. */
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../../../src/modules/foundation/domain/errors.ts';
import type { PostgresDatabase } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { createMigratedDatabase, openPostgres } from '../../../../../../support/databases.ts';
import { type PostgresProxy, startPostgresProxy } from '../../../../../../support/postgres-proxy.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function open(options: Parameters<typeof openPostgres>[0] = {}): Promise<PostgresDatabase> {
  const database = await openPostgres(options);
  closing.push(() => database.close());
  return database;
}

async function openThroughProxy(deadlineMs: number): Promise<{ database: PostgresDatabase; proxy: PostgresProxy }> {
  const proxy = await startPostgresProxy(await createMigratedDatabase());
  closing.push(() => proxy.stop());
  return { database: await open({ url: proxy.url, deadlineMs, maxConnections: 1 }), proxy };
}

describe('PostgresDatabase', () => {
  it('names itself without the password', async () => {
    const database = await open();
    expect(database.description).toMatch(/^PostgreSQL \d+\.\d+ at 127\.0\.0\.1:\d+\/test_[0-9a-f]+$/);
  });

  it('now() is the server’s clock', async () => {
    expect(Math.abs((await (await open()).now()) - Date.now())).toBeLessThan(5_000);
  });

  it('rejects within its deadline when the connection is black-holed, and recovers on a new pool', async () => {
    const { database, proxy } = await openThroughProxy(400);
    await database.now();
    proxy.blackHole();
    const startedAt = performance.now();
    const calls = await Promise.allSettled([1, 2, 3].map(() => database.now()));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    for (const call of calls) {
      expect(call).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailableError) });
    }
    proxy.heal();
    expect(await database.now()).toBeGreaterThan(0);
  });

  it('rejects within its deadline when new connections are black-holed', async () => {
    const { database, proxy } = await openThroughProxy(400);
    await database.close();
    proxy.blackHole();
    const startedAt = performance.now();
    await expect(database.open()).rejects.toThrow(DatabaseUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    proxy.heal();
    await database.open();
    expect(await database.now()).toBeGreaterThan(0);
  });

  it('survives killed backends: what ran rejects as unavailable, what comes next succeeds', async () => {
    const database = await open({ maxConnections: 3 });
    const sleeping = [1, 2].map(() => database.rows(sql`select pg_sleep(60), 'victim'`));
    const settled = Promise.allSettled(sleeping);
    const killed = async (): Promise<number> => {
      const rows = await database.rows(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like '%victim%' and pid <> pg_backend_pid()`);
      return rows.length;
    };
    for (let count = 0; count < 2;) count += await killed();
    for (const call of await settled) {
      expect(call).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailableError) });
    }
    expect(await database.now()).toBeGreaterThan(0);
  });

  it('a statement that waits for a lock delays no other', async () => {
    const url = await createMigratedDatabase();
    const database = await open({ url, maxConnections: 2 });
    await Promise.all([database.now(), database.now()]);
    const holder = postgres(url, { max: 1 });
    closing.push(() => holder.end({ timeout: 0 }));
    await holder.unsafe('begin; lock table scheduler_event');
    const order: string[] = [];
    const insert = sql`insert into scheduler_event (type) values ('x')`;
    const blocked = database.rows(insert).then(() => order.push('blocked'));
    await Promise.all(Array.from({ length: 20 }, () => database.now()));
    order.push('others');
    await holder.unsafe('commit');
    await blocked;
    expect(order).toEqual(['others', 'blocked']);
  });

  it('rejects with DatabaseUnavailableError when nobody listens, there is no such database, or the password is wrong', async () => {
    const url = new URL(await createMigratedDatabase());
    const faults = [
      Object.assign(new URL(url), { port: '1' }),
      Object.assign(new URL(url), { pathname: '/no_such_database' }),
      Object.assign(new URL(url), { password: 'wrong' }),
    ];
    for (const fault of faults) {
      await expect(openPostgres({ url: fault.href })).rejects.toThrow(DatabaseUnavailableError);
    }
  });

  it('rejects before it is opened and after it is closed', async () => {
    const database = await open();
    await database.close();
    await database.close();
    await expect(database.now()).rejects.toThrow(DatabaseUnavailableError);
  });

  it('hides the parameters of a statement that fails', async () => {
    const database = await open();
    const failing = database.rows(sql`select ${'my secret'}::text::int`);
    await expect(failing).rejects.toMatchObject({ code: 'DATABASE_STATEMENT', classified: { fault: 'invalidData' } });
    const byBuilder = database.query((orm) => orm.$count(sql`no_such_table where secret = ${'my secret'}`));
    await expect(byBuilder).rejects.not.toThrow(/my secret/);
  });

  it('listen() tells once when its connection is killed', async () => {
    const database = await open();
    const lost = Promise.withResolvers<void>();
    let count = 0;
    const onLost = (): void => {
      count += 1;
      lost.resolve();
    };
    await database.listen('somewhere', { onMessage() {}, onLost });
    await database.rows(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen %'`);
    await lost.promise;
    expect(count).toBe(1);
  });

  it('listen() hears nothing more, and loses nothing, once stopped', async () => {
    const database = await open();
    const events: string[] = [];
    const handlers = { onMessage: (payload: string) => events.push(payload), onLost: () => events.push('lost') };
    const stop = await database.listen('somewhere', handlers);
    const heard = Promise.withResolvers<void>();
    const stopOther = await database.listen('somewhere', { onMessage: () => heard.resolve(), onLost() {} });
    await stop();
    await database.rows(sql`select pg_notify('somewhere', 'hello')`);
    await heard.promise;
    await stopOther();
    expect(events).toEqual([]);
  });
});

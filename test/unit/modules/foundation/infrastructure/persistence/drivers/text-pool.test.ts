/** A pool over a host's client: its values, its sessions, its connections that are busy, and its end. */
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../../../src/modules/foundation/domain/errors.ts';
import { connectTo } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-connection.ts';
import { ownPool } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/postgres-pool.ts';
import { textPool } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/text-pool.ts';
import { createEmptyDatabase } from '../../../../../../support/databases.ts';
import { eventually } from '../../../../../../support/eventually.ts';
import { startPostgresProxy } from '../../../../../../support/postgres-proxy.ts';

let url: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  url = await createEmptyDatabase();
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function hostOf(options: postgres.Options<{}> = {}, at = url) {
  const host = postgres(at, { onnotice: () => undefined, ...options });
  closing.push(() => host.end({ timeout: 0 }));
  return host;
}

const shared = (client: ReturnType<typeof hostOf>, deadlineMs = 5_000) =>
  textPool({ client, schema: null, deadlineMs, isShared: true });

const EVERY_VALUE = `select $1::timestamptz as at, $2::jsonb as json, $3::bigint as large, $4::boolean as yes, $5::text as none,
  $6::float8 as float, 'infinity'::timestamptz as never, array['a', 'b'] as list, '1900-01-01 00:00+00'::timestamptz(3) as old`;
const VALUES = ['2026-03-29T00:59:59.500Z', '{"a": [1, null]}', 9_007_199_254_740_991, true, null, 1.5];

describe('textPool()', () => {
  it('reads and writes as our own pool does, whatever the host’s types and sessions are', async () => {
    const client = connectTo(url, { deadlineMs: 5_000, max: 1, events: null });
    closing.push(() => client.end());
    const expected = await ownPool(client).rows(EVERY_VALUE, VALUES);
    const types = { bigint: postgres.BigInt };
    for (const TimeZone of ['UTC', 'Asia/Kolkata', 'America/St_Johns']) {
      for (const prepare of [true, false]) {
        const host = hostOf({ types: { ...types }, prepare, connection: { TimeZone } });
        expect(await shared(host).rows(EVERY_VALUE, VALUES)).toEqual(expected);
      }
    }
  });

  it('reads a text that begins with U+FEFF as it is', async () => {
    const text = '\ufeffa';
    expect(await shared(hostOf()).rows('select $1::text as text', [text])).toEqual([{ text }]);
  });

  it('leaves the host’s own values as they were', async () => {
    const host = hostOf();
    const own = () =>
      host`select timestamptz '2026-01-01 00:00Z' as at, '{"a":1}'::jsonb as json, ${host.json({ b: 2 })}::jsonb as sent`;
    const before = [...(await own())];
    await shared(host).rows(EVERY_VALUE, VALUES);
    expect([...(await own())]).toEqual(before);
    expect(before[0]).toEqual({ at: new Date('2026-01-01'), json: { a: 1 }, sent: { b: 2 } });
  });

  it('end() does not end it', async () => {
    const host = hostOf();
    await shared(host).end(0);
    expect(await host`select 1 as one`).toHaveLength(1);
  });

  it('withdraws a statement that still waits for a connection at its deadline: it is never sent', async () => {
    const host = hostOf({ max: 1 });
    await host`create table written (at timestamptz default now())`;
    const release = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const busy = host.begin(async (sql) => {
      await sql`select 1`;
      held.resolve();
      await release.promise;
    });
    await held.promise;
    await expect(shared(host, 100).rows('insert into written default values', [])).rejects.toThrow(
      DatabaseUnavailableError,
    );
    release.resolve();
    await busy;
    expect(await host`select from written`).toHaveLength(0);
  });

  it('has a statement cancelled that is under way at its deadline: it holds no connection of the host’s', async () => {
    const host = hostOf({ max: 1 });
    await expect(shared(host, 100).rows('select pg_sleep(600)', [])).rejects.toThrow(DatabaseUnavailableError);
    expect(await host`select 1 as one`).toHaveLength(1);
    await eventually(async () =>
      expect(
        await host`select from pg_stat_activity where query like '%pg_sleep(600)' and state = 'active'`,
      ).toHaveLength(0),
    );
  });

  it('rejects at its deadline where the server is black-holed, and leaves no rejection unheard', async () => {
    const proxy = await startPostgresProxy(url);
    closing.push(() => proxy.stop());
    const host = hostOf({ max: 1, connect_timeout: 1 }, proxy.url);
    await host`select 1`;
    proxy.blackHole();
    await expect(shared(host, 100).rows('select 1', [])).rejects.toThrow(DatabaseUnavailableError);
  });
});

/**
 * A look at a database from outside. Invariant: it changes nothing: no migration is applied, no folder made, no embedded
 * database opened.
 */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { describeError } from '../../domain/describe-error.ts';
import { lockFolder } from './drivers/folder-lock.ts';
import { findPending } from './migrate.ts';
import { migrations } from './migrations.generated.ts';

export interface DatabaseLook {
  readonly description: string;
  /** Why it cannot be used; null: it can. */
  readonly fault: string | null;
  /** Tags of migrations that are not applied yet; null: unknown. */
  readonly pending: readonly string[] | null;
  /** How far the database's clock is ahead of this machine's, in milliseconds; null: unknown. */
  readonly clockAheadMs: number | null;
  /** Whether NOTIFY reaches LISTEN; null: unknown, or without meaning. */
  readonly hasNotifications: boolean | null;
}

const ANSWER_WITHIN_S = 5;
const NOTIFIED_WITHIN_MS = 2_000;
const UNKNOWN = { fault: null, pending: null, clockAheadMs: null, hasNotifications: null };

/** @param url of a PostgreSQL server. Never rejects: what is wrong is in the answer. */
export async function inspectPostgres(url: string, schema: string | null = null): Promise<DatabaseLook> {
  const { host, pathname } = new URL(url);
  const description = `PostgreSQL at ${host}${pathname}`;
  const client = postgres(url, { max: 1, connect_timeout: ANSWER_WITHIN_S, onnotice: () => undefined });
  try {
    const [version] = await client.unsafe('show server_version');
    const pending = await findPending({ run: async (text) => client.unsafe(text) }, migrations, schema);
    return {
      description: `PostgreSQL ${String(version?.['server_version'])} at ${host}${pathname}`,
      fault: null,
      pending: pending.map(({ tag }) => tag),
      clockAheadMs: await clockAhead(client),
      hasNotifications: await isNotified(client),
    };
  } catch (error) {
    return { ...UNKNOWN, description, fault: describeError(error).message };
  } finally {
    await client.end({ timeout: 1 }).catch(() => undefined);
  }
}

/** The least of three readings' distances: the others were held up on their way. */
async function clockAhead(client: postgres.Sql): Promise<number> {
  const readings: { aheadMs: number; tookMs: number }[] = [];
  for (let reading = 0; reading < 3; reading += 1) {
    const sentAt = Date.now();
    const [row] = await client.unsafe('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
    const tookMs = Date.now() - sentAt;
    readings.push({ aheadMs: Number(row?.['now']) - (sentAt + tookMs / 2), tookMs });
  }
  return Math.round(readings.toSorted((a, b) => a.tookMs - b.tookMs)[0]!.aheadMs);
}

async function isNotified(client: postgres.Sql): Promise<boolean> {
  const heard = Promise.withResolvers<boolean>();
  const channel = `carillon_doctor_${crypto.randomUUID().replaceAll('-', '')}`;
  const timer = setTimeout(() => heard.resolve(false), NOTIFIED_WITHIN_MS);
  try {
    await client.listen(channel, () => heard.resolve(true));
    await client.notify(channel, '');
    return await heard.promise;
  } finally {
    clearTimeout(timer);
  }
}

/** The embedded database's folder. Never rejects. */
export async function inspectFolder(folder: string): Promise<DatabaseLook & { readonly isServed: boolean }> {
  const description = `embedded database in ${folder}`;
  const look = { ...UNKNOWN, description, isServed: false };
  if (!(await isThere(join(folder, 'lock.sqlite')))) return look;
  try {
    (await lockFolder(folder)).release();
    return look;
  } catch (error) {
    const isServed = error instanceof Error && error.message.includes('serves the embedded database');
    return { ...look, isServed, fault: isServed ? null : describeError(error).message };
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

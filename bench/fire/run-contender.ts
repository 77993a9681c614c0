/** One contender, on a database of its own, in a process of its own. What it leaves is dropped. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import postgres from 'postgres';
import type { FireOrder, FireReport } from './contender.ts';

const PROCESS = fileURLToPath(new URL('contender-process.ts', import.meta.url));
const FAST_START = new URL('../../src/main/fast-start.ts', import.meta.url).href;
const TIMEOUT_MS = 240_000;

let databases = 0;

/** Writing and arming rows takes longer the more there are; a second attempt gets four times as long. */
function leadMs(enabled: number, attempt: number): number {
  return 2_500 + enabled * 0.25 * 4 ** (attempt - 1);
}

/** @throws where it fails twice */
export async function runContender(
  serverUrl: string,
  order: Pick<FireOrder, 'contender' | 'due' | 'enabled'>,
): Promise<FireReport> {
  try {
    return await runOnce(serverUrl, { ...order, leadMs: leadMs(order.enabled, 1) });
  } catch {
    return runOnce(serverUrl, { ...order, leadMs: leadMs(order.enabled, 2) });
  }
}

async function runOnce(serverUrl: string, order: Omit<FireOrder, 'url'>): Promise<FireReport> {
  databases += 1;
  const name = `bench_${databases}`;
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  await withStatementCounter(url.href);
  try {
    const args = ['--import', FAST_START, PROCESS, JSON.stringify({ ...order, url: url.href })];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      timeout: TIMEOUT_MS,
      maxBuffer: 64 * 1_048_576,
    });
    const line = stdout.split('\n').findLast((text) => text.startsWith('REPORT '));
    if (line === undefined) throw new Error(`${order.contender} ended without a report:\n${stdout.slice(-2_000)}`);
    return JSON.parse(line.slice('REPORT '.length)) as FireReport;
  } finally {
    await sql.unsafe(`drop database ${name} with (force)`);
    await sql.end();
  }
}

async function withStatementCounter(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql.unsafe('create extension if not exists pg_stat_statements').catch(() => undefined);
  await sql.end();
}

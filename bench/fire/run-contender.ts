/** One measurement, on a database of its own, in a process of its own. What it leaves is dropped. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import postgres from 'postgres';
import type { FireOrder, FireReport } from './contender.ts';
import type { ManualReport } from './manual-process.ts';

const FAST_START = new URL('../../src/main/fast-start.js', import.meta.url).href;
const TIMEOUT_MS = 900_000;
/** To create the embedded database, and to open it again. */
const EMBEDDED_MS = 25_000;

let databases = 0;

/** Writing and arming rows takes longer the more there are, and what that left in memory is given back seconds later; a second attempt gets four times as long. */
function leadMs({ contender, enabled }: Pick<FireOrder, 'contender' | 'enabled'>, attempt: number): number {
  const openMs = contender === 'carillon-embedded' ? EMBEDDED_MS : 15_000;
  return Math.min((openMs + enabled * 0.35) * 4 ** (attempt - 1), TIMEOUT_MS / 2);
}

/** @throws where it fails twice */
export async function runContender(
  serverUrl: string,
  order: Pick<FireOrder, 'contender' | 'due' | 'enabled'>,
): Promise<FireReport> {
  const run = (attempt: number): Promise<FireReport> =>
    withDatabase(serverUrl, (url) =>
      report('contender-process.ts', JSON.stringify({ ...order, url, leadMs: leadMs(order, attempt) })),
    );
  try {
    return await run(1);
  } catch {
    return run(2);
  }
}

/** @throws where it fails */
export async function runManual(serverUrl: string): Promise<ManualReport> {
  return withDatabase(serverUrl, (url) => report('manual-process.ts', url));
}

async function report<Report>(script: string, argument: string): Promise<Report> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', FAST_START, path, argument], {
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1_048_576,
  });
  const line = stdout.split('\n').findLast((text) => text.startsWith('REPORT '));
  if (line === undefined) throw new Error(`${script} ended without a report:\n${stdout.slice(-2_000)}`);
  return JSON.parse(line.slice('REPORT '.length)) as Report;
}

async function withDatabase<Result>(serverUrl: string, work: (url: string) => Promise<Result>): Promise<Result> {
  databases += 1;
  const name = `bench_${databases}`;
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  await withStatementCounter(url.href);
  try {
    return await work(url.href);
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

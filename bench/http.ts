/**
 * `npm run bench:http`: how many pages a second the admin API answers, with 10,000 jobs and 1,000,000 runs, beside the
 * ceiling in the same run: the same server, with the page's one statement and nothing around it. In turns; the median of
 * `ROUNDS` counts.
 *
 *   node bench/http.ts [--runs 1000000] [--seconds 2] [--only jobs]
 *
 * The load generator is installed apart: npm ci --prefix bench/peers.
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { PostgresDatabase } from '../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { startPostgresServer } from '../test/support/postgres-server.ts';
import { importPeer, isPeerInstalled } from './fire/import-peer.ts';
import { MeasuredProcess } from './http/measured-process.ts';
import { JOBS, type Page, pagesOf, writeRows } from './http/pages.ts';

const ROUNDS = 3;
const CONNECTIONS = 16;
const TOKEN = 'a-token-of-the-benchmark-0123456789';

interface Load {
  readonly perS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface AutocannonResult {
  readonly requests: { readonly average: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
}
type Autocannon = (options: object) => Promise<AutocannonResult>;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (!isPeerInstalled('autocannon')) {
  say('autocannon makes the load and is not installed: npm ci --prefix bench/peers');
  process.exit(1);
}
const { default: autocannon } = await importPeer<{ default: Autocannon }>('autocannon');

async function load(url: string, seconds: number): Promise<Load> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { requests, latency, non2xx, errors } = await autocannon({
    url,
    headers,
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (non2xx + errors > 0)
    throw new Error(`Of the answers of ${url}, ${non2xx} are refusals and ${errors} are missing.`);
  return { perS: requests.average, p50Ms: latency.p50, p99Ms: latency.p99 };
}

function median(loads: readonly Load[]): Load {
  return loads.toSorted((a, b) => a.perS - b.perS)[Math.floor(loads.length / 2)]!;
}

const cell = (text: string | number, width: number): string => String(text).padStart(width);

function row(name: string, ceiling: Load, ours: Load): string {
  const figures = [ceiling, ours].map(
    ({ perS, p50Ms, p99Ms }) => cell(Math.round(perS), 8) + cell(p50Ms, 6) + cell(p99Ms, 6),
  );
  return `${name.padEnd(24)}${figures.join(' |')}   ${(ours.perS / ceiling.perS).toFixed(2)}`;
}

async function measure(pages: readonly Page[], servers: { ours: string; ceiling: string }): Promise<void> {
  const seconds = Number(values.seconds);
  say(
    `${''.padEnd(24)}${cell('ceiling/s', 8)}${cell('p50', 5)}${cell('p99', 6)} |${cell('ours/s', 8)}   p50   p99   ours of it`,
  );
  for (const [index, { name, path }] of pages.entries()) {
    if (!name.includes(values.only)) continue;
    const at = { ceiling: `${servers.ceiling}/pages/${index}`, ours: `${servers.ours}${path}` };
    const [ceiling, ours]: [Load[], Load[]] = [[], []];
    await load(at.ceiling, 1);
    await load(at.ours, 1);
    for (let round = 0; round < ROUNDS; round += 1) {
      ceiling.push(await load(at.ceiling, seconds));
      ours.push(await load(at.ours, seconds));
    }
    say(row(name, median(ceiling), median(ours)));
  }
}

/** The writing of ten thousand cursors is not what is measured. */
async function untilArmed(sql: postgres.Sql): Promise<void> {
  const unarmed = () => sql`
    select from scheduler_job_cursor join scheduler_job_config using (job_id)
    where next_fire_at is null and enabled limit 1`;
  while ((await unarmed()).length > 0) await delay(200);
  await sql`vacuum analyze scheduler_job_cursor`;
}

const server = await startPostgresServer(['-c', 'fsync=off', '-c', 'shared_buffers=512MB', '-c', 'max_wal_size=4GB']);
const started: MeasuredProcess[] = [];
try {
  const database = new PostgresDatabase({ url: server.url });
  await database.open();
  await database.close();
  const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
  await writeRows(sql, Number(values.runs));
  const pages = await pagesOf(sql);
  const env = { DATABASE_URL: server.url, ADMIN_TOKEN: TOKEN, LOG_LEVEL: 'error' };
  started.push(
    await MeasuredProcess.start(['bench/http/ceiling.ts', JSON.stringify(pages.map((page) => page.statement))], env),
  );
  started.push(await MeasuredProcess.start(['--import', './src/main/fast-start.js', 'src/main/node.ts'], env));
  await untilArmed(sql);
  await sql.end();
  const [ceiling, ours] = started;
  const load1 = loadavg()[0]!.toFixed(1);
  say(
    `${JOBS} jobs, ${values.runs} runs; ${CONNECTIONS} connections; ${availableParallelism()} cores, load before ${load1}; Node ${process.versions.node}`,
  );
  await measure(pages, { ceiling: ceiling!.address, ours: ours!.address });
} finally {
  for (const process of started) await process.stop();
  await server.stop();
}

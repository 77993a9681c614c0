/**
 * How late a herd starts, and what it costs: N jobs due in the same second, on one PostgreSQL with fsync on, Carillon
 * beside the floor (the bare SQL with nothing around it; and once more, claiming up to a second ahead) and beside its peers in the same run; then the embedded
 * database, triggers by hand, and a table of the goals.
 *
 *   node bench/fire.ts [--quick] [--full] [--only floor,floor-ahead,carillon] [--peers-up-to 10000] [--due 100,1000 --enabled 100000]
 *
 * `--full` adds 50,000 due of 1,000,000. Peers are installed apart: npm ci --prefix bench/peers. Those that are missing are
 * named, and the others measured; bullmq wants a `redis-server` in the path. Of several replicas, processor time and memory are those of one.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { startPostgresServer } from '../test/support/postgres-server.ts';
import type { FireReport } from './fire/contender.ts';
import { type Herd, printGoals, printManual } from './fire/goals.ts';
import { printHerd } from './fire/herd-table.ts';
import { isPeerInstalled } from './fire/import-peer.ts';
import type { ManualReport } from './fire/manual-process.ts';
import { runContender, runManual } from './fire/run-contender.ts';

const FLAGS = [
  'fsync=on',
  'shared_buffers=512MB',
  'max_wal_size=8GB',
  'checkpoint_timeout=30min',
  'shared_preload_libraries=pg_stat_statements',
].flatMap((setting) => ['-c', setting]);

/** Contender → the packages it needs. */
const CONTENDERS: Readonly<Record<string, readonly string[]>> = {
  floor: [],
  'floor-ahead': [],
  carillon: [],
  'carillon-replicas': [],
  'carillon-embedded': [],
  'pg-boss': ['pg-boss'],
  'graphile-worker': ['graphile-worker'],
  agenda: ['agenda', '@agendajs/postgres-backend'],
  bullmq: ['bullmq', 'ioredis'],
};

type Order = Omit<Herd, 'reports'>;

const { values } = parseArgs({
  options: {
    due: { type: 'string' },
    enabled: { type: 'string' },
    only: { type: 'string', default: [...Object.keys(CONTENDERS), 'manual'].join(',') },
    'peers-up-to': { type: 'string', default: '10000' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
  },
});

const only = values.only.split(',');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function orders(): Order[] {
  const of = (due: number, enabled = due): Order => ({ due, enabled: Math.max(due, enabled) });
  if (values.due !== undefined) return values.due.split(',').map((due) => of(Number(due), Number(values.enabled ?? 0)));
  if (values.quick) return [of(100), of(1_000)];
  return [of(1_000), of(10_000, 100_000), of(100_000), ...(values.full ? [of(50_000, 1_000_000)] : [])];
}

/** The embedded database is for small herds, several replicas share one that is worth it. */
function isFor(contender: string, { due }: Order): boolean {
  if (contender === 'carillon-embedded') return due === 1_000;
  if (contender === 'carillon-replicas') return due === 10_000 || values.due !== undefined;
  return CONTENDERS[contender]!.length === 0 || due <= Number(values['peers-up-to']);
}

function chosen(order: Order): string[] {
  return Object.keys(CONTENDERS)
    .filter((contender) => only.includes(contender) && CONTENDERS[contender]!.every(isPeerInstalled))
    .filter((contender) => isFor(contender, order));
}

async function measure(url: string, order: Order): Promise<Herd> {
  const before = loadavg()[0]!.toFixed(1);
  const reports: FireReport[] = [];
  for (const contender of chosen(order)) {
    try {
      reports.push(await runContender(url, { contender, ...order }));
    } catch (error) {
      say(`${contender} could not be measured with ${order.due} due: ${String(error).slice(0, 1_000)}`);
    }
  }
  const title = `${order.due} due in one second, ${order.enabled} enabled`;
  printHerd(`${title}; load before ${before}, after ${loadavg()[0]!.toFixed(1)}`, reports);
  return { ...order, reports };
}

async function triggerByHand(url: string): Promise<ManualReport | null> {
  try {
    const report = await runManual(url);
    printManual(report);
    return report;
  } catch (error) {
    say(`Triggers by hand could not be measured: ${String(error).slice(0, 1_000)}`);
    return null;
  }
}

const missing = Object.entries(CONTENDERS).filter(([, packages]) => !packages.every(isPeerInstalled));
for (const [name] of missing) say(`${name} is not installed and not measured: npm ci --prefix bench/peers`);

const server = await startPostgresServer(FLAGS);
try {
  const sql = postgres(server.url, { max: 1 });
  const [row] = await sql<{ server_version: string }[]>`show server_version`;
  await sql.end();
  say(`PostgreSQL ${row?.server_version}, fsync on; ${availableParallelism()} cores; Node ${process.versions.node}`);
  const herds: Herd[] = [];
  for (const order of orders()) herds.push(await measure(server.url, order));
  const manual = only.includes('manual') ? await triggerByHand(server.url) : null;
  printGoals({ herds, manual });
} finally {
  await server.stop();
}

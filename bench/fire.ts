/**
 * How late a herd starts, and what it costs: N jobs due in the same second, on one PostgreSQL with fsync on, Carillon
 * beside the floor (the bare SQL with nothing around it) and beside its peers in the same run.
 *
 *   node bench/fire.ts [--due 100,1000,10000] [--enabled 100000] [--only floor,carillon] [--peers-up-to 10000] [--quick]
 *
 * Peers are installed apart: npm ci --prefix bench/peers. Those that are missing are named, and the others measured.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { startPostgresServer } from '../test/support/postgres-server.ts';
import type { FireReport } from './fire/contender.ts';
import { isPeerInstalled } from './fire/import-peer.ts';
import { printHerd } from './fire/herd-table.ts';
import { runContender } from './fire/run-contender.ts';

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
  carillon: [],
  'pg-boss': ['pg-boss'],
  'graphile-worker': ['graphile-worker'],
  agenda: ['agenda', '@agendajs/postgres-backend'],
};

const { values } = parseArgs({
  options: {
    due: { type: 'string' },
    enabled: { type: 'string' },
    only: { type: 'string', default: Object.keys(CONTENDERS).join(',') },
    'peers-up-to': { type: 'string', default: '10000' },
    quick: { type: 'boolean', default: false },
  },
});

const herds = (values.due ?? (values.quick ? '100,1000' : '100,1000,10000')).split(',').map(Number);
const only = values.only.split(',');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function chosen(due: number): string[] {
  return Object.entries(CONTENDERS)
    .filter(([name, packages]) => only.includes(name) && packages.every(isPeerInstalled))
    .filter(([, packages]) => packages.length === 0 || due <= Number(values['peers-up-to']))
    .map(([name]) => name);
}

const missing = Object.entries(CONTENDERS).filter(([, packages]) => !packages.every(isPeerInstalled));
for (const [name] of missing) say(`${name} is not installed and not measured: npm ci --prefix bench/peers`);

const server = await startPostgresServer(FLAGS);
try {
  const sql = postgres(server.url, { max: 1 });
  const [row] = await sql<{ server_version: string }[]>`show server_version`;
  await sql.end();
  say(`PostgreSQL ${row?.server_version}, fsync on; ${availableParallelism()} cores; Node ${process.versions.node}`);
  for (const due of herds) {
    const enabled = Math.max(due, Number(values.enabled ?? due));
    const load = loadavg()[0]!.toFixed(1);
    const reports: FireReport[] = [];
    for (const contender of chosen(due)) reports.push(await runContender(server.url, { contender, due, enabled }));
    printHerd(
      `${due} due in one second, ${enabled} enabled; load before ${load}, after ${loadavg()[0]!.toFixed(1)}`,
      reports,
    );
  }
} finally {
  await server.stop();
}

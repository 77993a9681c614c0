/**
 * `npm run bench:start`: from the start of a process to its first answer (`/livez`), and to the first moment at which it does
 * its work (`/readyz`), Carillon on a migrated PostgreSQL beside an empty Hono application on the same runtime, in turns, in
 * the same run. Medians of `ROUNDS`; whoever asks, asks again as soon as nobody answers.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startPostgresServer } from '../test/support/postgres-server.ts';
import { bundleForWorkerd } from './start/workerd-service.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = `${ROOT}node_modules/.bin/`;
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const TOKEN = 'a-token-of-the-benchmark-0123456789';

interface Times {
  readonly aliveMs: number;
  readonly readyMs: number;
}

async function timeStart(command: string, args: readonly string[], env: Record<string, string>): Promise<Times> {
  const port = await freePort();
  const socket = command === 'workerd' ? [`--socket-addr=http=127.0.0.1:${port}`] : [];
  const startedAt = performance.now();
  const child = spawn(`${BIN}${command}`, [...args, ...socket], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const aliveMs = await untilGood(`http://127.0.0.1:${port}/livez`, startedAt);
  const readyMs = 'DATABASE_URL' in env ? await untilGood(`http://127.0.0.1:${port}/readyz`, startedAt) : aliveMs;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  return { aliveMs, readyMs };
}

/** @returns milliseconds since `startedAt` */
async function untilGood(url: string, startedAt: number): Promise<number> {
  for (;;) {
    const isGood = await fetch(url, { headers: { connection: 'close' } }).then(
      async (answer) => answer.ok && (await answer.text()) !== '',
      () => false,
    );
    if (isGood) return performance.now() - startedAt;
    if (performance.now() - startedAt > 60_000) throw new Error(`${url} gave no good answer within 60 s.`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const database = await startPostgresServer();
const env = { DATABASE_URL: database.url, ADMIN_TOKEN: TOKEN, LOG_LEVEL: 'error' };
const STARTS = {
  node: {
    carillon: ['--import', './src/main/fast-start.js', 'src/main/node.ts'],
    empty: ['bench/start/empty-node.ts'],
  },
  deno: { carillon: ['run', '-A', 'src/main/deno.ts'], empty: ['run', '-A', 'bench/start/empty-fetch.ts'] },
  bun: { carillon: ['src/main/bun.ts'], empty: ['bench/start/empty-fetch.ts'] },
  workerd: {
    carillon: await bundleForWorkerd(`${ROOT}src/main/cloudflare.ts`, env),
    empty: await bundleForWorkerd(`${ROOT}bench/start/empty-worker.ts`, {}),
  },
} as const;
try {
  for (const [runtime, { carillon, empty }] of Object.entries(STARTS)) {
    await timeStart(runtime, carillon, env);
    const [ours, floor]: [Times[], Times[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      floor.push(await timeStart(runtime, empty, {}));
      ours.push(await timeStart(runtime, carillon, env));
    }
    const floorMs = median(floor.map(({ aliveMs }) => aliveMs));
    const told = (['aliveMs', 'readyMs'] as const).map((what) => {
      const ms = median(ours.map((times) => times[what]));
      return `${what === 'aliveMs' ? 'alive' : 'ready'} after ${Math.round(ms)} ms, ${(ms / floorMs).toFixed(1)} times`;
    });
    console.log(`${runtime}: Carillon ${told.join('; ')}. Empty Hono: ${Math.round(floorMs)} ms`);
  }
} finally {
  await database.stop();
}

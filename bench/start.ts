/**
 * `npm run bench:start`: from the start of a process to its first answer, Carillon on a migrated PostgreSQL beside an empty Hono
 * application on the same runtime, in turns, in the same run. Medians of `ROUNDS`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startPostgresServer } from '../test/support/postgres-server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = `${ROOT}node_modules/.bin/`;
const ROUNDS = 5;

const STARTS = {
  node: {
    carillon: ['--import', './src/main/fast-start.ts', 'src/main/node.ts'],
    empty: ['bench/start/empty-node.ts'],
  },
  deno: { carillon: ['run', '-A', 'src/main/deno.ts'], empty: ['run', '-A', 'bench/start/empty-fetch.ts'] },
  bun: { carillon: ['src/main/bun.ts'], empty: ['bench/start/empty-fetch.ts'] },
} as const;

/** @returns milliseconds from spawn to the answer of /livez */
async function timeStart(command: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(`${BIN}${command}`, args, { cwd: ROOT, env: { ...process.env, PORT: '0', ...env } });
  let printed = '';
  let address: string | undefined;
  while (address === undefined) {
    printed += String(
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended(child, () => printed)]),
    );
    address = /ready at (http:\/\/\S+:\d+)/.exec(printed)?.[1];
  }
  await (await fetch(`${address}/livez`)).text();
  const elapsedMs = performance.now() - startedAt;
  child.kill('SIGKILL');
  await once(child, 'close');
  return elapsedMs;
}

async function ended(child: ReturnType<typeof spawn>, printed: () => string): Promise<never> {
  await once(child, 'exit');
  throw new Error(`It ended before it answered:\n${printed()}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const database = await startPostgresServer();
const env = { DATABASE_URL: database.url, ADMIN_TOKEN: 'a-token-of-the-benchmark-0123456789', LOG_LEVEL: 'error' };
try {
  for (const [runtime, { carillon, empty }] of Object.entries(STARTS)) {
    await timeStart(runtime, carillon, env);
    const [ours, floor]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      floor.push(await timeStart(runtime, empty, {}));
      ours.push(await timeStart(runtime, carillon, env));
    }
    const [oursMs, floorMs] = [median(ours), median(floor)];
    const times = (oursMs / floorMs).toFixed(1);
    console.log(`${runtime}: Carillon ${Math.round(oursMs)} ms, empty Hono ${Math.round(floorMs)} ms, ${times} times`);
  }
} finally {
  await database.stop();
}

/**
 * `npm run start:worker`: the Worker on this machine, in workerd, through wrangler. Stands in for what Cloudflare brings:
 * settings from the environment, a token, and the trigger of every minute, which wrangler does not fire by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { firstStartToken } from '../src/main/first-start-token.ts';
import { SETTING_NAMES } from '../src/main/setting-names.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SWEEP = '/cdn-cgi/handler/scheduled?cron=*+*+*+*+*';
const READY = /Ready on (http:\/\/\S+)/;

const { PATH, HOME, DATABASE_URL, HOST = '127.0.0.1', PORT = '3000', DATA_DIRECTORY = './data' } = process.env;
if (!DATABASE_URL?.startsWith('postgres')) {
  console.error(
    'DATABASE_URL wants postgres://user:password@host:port/name: a Worker has no disk for an embedded database.',
  );
  process.exit(2);
}
const made = process.env['ADMIN_TOKEN'] ? null : await firstStartToken(DATA_DIRECTORY);
const settings = Object.fromEntries(SETTING_NAMES.map((name) => [name, process.env[name]]));

const wrangler = spawn(
  fileURLToPath(new URL('../node_modules/.bin/wrangler', import.meta.url)),
  [
    'dev',
    ...process.argv.slice(2),
    '--local',
    '--ip',
    HOST,
    '--port',
    PORT,
    '--inspector-port',
    '0',
    '--show-interactive-dev-session=false',
  ],
  {
    cwd: ROOT,
    // All of it becomes the Worker's settings: no more than those.
    env: {
      ...{ PATH, HOME, ...settings, CLOUDFLARE_INCLUDE_PROCESS_ENV: 'true', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
      ...(made === null ? {} : { ADMIN_TOKEN: made.token }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isStopping = true;
    wrangler.kill(signal);
  });
}
wrangler.once('exit', (status) => process.exit(isStopping ? 0 : (status ?? 1)));
announce(wrangler, (address) => {
  console.log(`Carillon is ready at ${address}`);
  if (made !== null) console.log(`The admin token is in ${made.path}`);
  sweepEveryMinute(address);
});

function announce(child: ChildProcess, onReady: (address: string) => void): void {
  let isReady = false;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    const address = READY.exec(text)?.[1];
    if (address === undefined || isReady) return;
    isReady = true;
    onReady(address);
  });
}

/** On the minute, as Cloudflare does. A sweep that fails says so in the Worker's own log. */
function sweepEveryMinute(address: string): void {
  const sweep = (): void => {
    setTimeout(sweep, 60_000 - (Date.now() % 60_000));
    void fetch(`${address}${SWEEP}`).catch((error: unknown) =>
      console.error('The sweep could not be asked for.', error),
    );
  };
  setTimeout(sweep, 60_000 - (Date.now() % 60_000));
}

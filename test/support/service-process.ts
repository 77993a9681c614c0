/**
 * The service as a stranger starts it: a process of its own, on any runtime, spoken to over HTTP alone. Owns the process;
 * invariant: it is gone after `stop` or `kill`, and what it printed is in every failure's message.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EventStreamReader } from './read-event-stream.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const BIN = resolve(ROOT, 'node_modules/.bin');

/** How each runtime starts the service: the commands behind `npm start`, `deno task start`, `npm run start:bun` and `npm run start:worker`. */
export const RUNTIMES = {
  node: [resolve(BIN, 'node'), '--import', './src/main/fast-start.js', 'src/main/node.ts'],
  deno: [resolve(BIN, 'deno'), 'task', 'start'],
  'deno serve': [resolve(BIN, 'deno'), 'task', 'serve'],
  bun: [resolve(BIN, 'bun'), 'src/main/bun.ts'],
  workerd: [resolve(BIN, 'node'), 'scripts/start-worker.ts'],
} as const;
export type Runtime = keyof typeof RUNTIMES;

export interface ServiceOptions {
  readonly runtime: Runtime;
  /** In place of the service's own: what the runtime is to run. */
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #runtime: Runtime;
  #output = '';
  address = '';

  constructor(child: ChildProcess, runtime: Runtime) {
    this.#child = child;
    this.#runtime = runtime;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Resolves with the first match in what it has printed, or will. @throws when it ends without */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.#child.exitCode !== null) throw new Error(`It ended without printing ${pattern}:\n${this.#output}`);
      const over = new AbortController();
      const { signal } = over;
      await Promise.race([
        once(this.#child.stdout!, 'data', { signal }),
        once(this.#child.stderr!, 'data', { signal }),
        once(this.#child, 'close', { signal }),
      ]);
      over.abort();
    }
  }

  /** Nobody reads what it prints any more. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Asks it to end. @returns its exit status */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const closed = once(this.#child, 'close');
      this.#child.kill(signal);
      await closed;
    }
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  /** On workerd: what Cloudflare does every minute. Elsewhere nothing, since timers do it. */
  async sweep(): Promise<void> {
    if (this.#runtime !== 'workerd') return;
    const { status } = await fetch(`${this.address}/cdn-cgi/handler/scheduled`);
    if (status !== 200) throw new Error(`The sweep failed with ${status}:\n${this.#output}`);
  }

  /** What happens, as it happens. @param afterId the last event that was seen */
  async watch(afterId?: string): Promise<EventStreamReader> {
    const { status, body } = await fetch(`${this.address}/admin/stream`, {
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(afterId === undefined ? {} : { 'last-event-id': afterId }),
      },
    });
    if (status !== 200 || body === null) throw new Error(`The stream was answered with ${status}:\n${this.#output}`);
    return new EventStreamReader(body);
  }

  /** A request with the admin token. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The tests say what they expect of it.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789';

/** Starts it and does not wait. */
export function spawnService({ runtime, args, env }: ServiceOptions): ServiceProcess {
  const [command, ...ownArgs] = RUNTIMES[runtime];
  if (!existsSync(command)) throw new Error(`${command} is missing: run 'npm ci'.`);
  const child = spawn(command, args ?? ownArgs, {
    cwd: ROOT,
    env: {
      PATH: `${BIN}:${process.env['PATH']}`,
      HOME: process.env['HOME'],
      ADMIN_TOKEN,
      PORT: '0',
      DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0',
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new ServiceProcess(child, runtime);
}

/** Starts it and waits until it is ready. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const service = spawnService(options);
  const [, address] = await service.printed(/(?:ready at|Listening on) (http:\S+[^/\s])/);
  service.address = address!;
  return service;
}

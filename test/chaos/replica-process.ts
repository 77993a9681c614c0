/**
 * One incarnation of a replica, as the one who started it sees it: its process, signals, address and what it printed.
 * Invariant: `endedAtMs` is set once the process is gone, and from then on it writes no ledger.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { machineNow } from './shifted-date.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NODE = resolve(ROOT, 'node_modules/.bin/node');
export const ADMIN_TOKEN = 'admin-token-of-the-chaos-replicas-0123456789';

export interface ReplicaStart {
  readonly name: string;
  /** How long its runs may go on once it is told to end. */
  readonly graceMs: number;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly lacks: readonly string[];
}

export class ReplicaProcess {
  readonly name: string;
  readonly ledgerPath: string;
  readonly logPath: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #tail = '';
  #address: string | null = null;
  isSuspended = false;
  /** Somebody means it to end. */
  isDoomed = false;
  endedAtMs: number | null = null;
  toldToEndAtMs: number | null = null;

  constructor({ name, graceMs, databaseUrl, folder, lacks }: ReplicaStart) {
    this.name = name;
    this.ledgerPath = resolve(folder, `${name}.ledger`);
    this.logPath = resolve(folder, `${name}.log`);
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DATABASE_URL: databaseUrl,
      DATA_DIRECTORY: folder,
      ADMIN_TOKEN,
      PORT: '0',
      LOG_FORMAT: 'json',
      SHUTDOWN_GRACE: `${graceMs}ms`,
      REPLICA_NAME: name,
      REPLICA_LEDGER: this.ledgerPath,
      REPLICA_LACKS: lacks.join(','),
    };
    const args = ['--import', './src/main/fast-start.js', 'test/chaos/replica.ts'];
    this.#child = spawn(NODE, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#printed(text));
    }
    this.#ended = once(this.#child, 'exit').then(() => void (this.endedAtMs = machineNow()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  get isAlive(): boolean {
    return this.endedAtMs === null;
  }

  /** Where it answers; null: it is not ready. */
  get address(): string | null {
    return this.isAlive && !this.isSuspended && !this.isDoomed ? this.#address : null;
  }

  /** The last of what it printed. */
  get tail(): string {
    return this.#tail;
  }

  async ended(): Promise<void> {
    await this.#ended;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.isAlive) return;
    if (signal === 'SIGSTOP') this.isSuspended = true;
    if (signal === 'SIGCONT') this.isSuspended = false;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') {
      this.isDoomed = true;
      this.toldToEndAtMs ??= machineNow();
    }
    this.#child.kill(signal);
  }

  stepClock(stepMs: number): void {
    if (this.isAlive && this.#child.connected) this.#child.send({ stepMs }, () => undefined);
  }

  #printed(text: string): void {
    appendFileSync(this.logPath, text);
    this.#tail = (this.#tail + text).slice(-3_000);
    const ready = /ready at (http:\S+)/.exec(this.#tail);
    if (ready?.[1] !== undefined) this.#address ??= ready[1];
  }
}

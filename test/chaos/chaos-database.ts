/**
 * The database of a chaos run, seen from outside: the server itself, which can be halted, crashed and resumed, its disk, which
 * can be full, and a connection that passes no proxy. Invariant: whoever asks while the server is away waits until it is back.
 */
import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { type RunningServer, startPostgresServer } from '../support/postgres-server.ts';
import { SmallDisk } from './small-disk.ts';

const RETRY_MS = 100;
const INSERTED_AT_ONCE = 1_000;
const READ_AT_ONCE = 5_000;
const DISK_TRIES = 5;

/** What there is to look at where a promise was broken; of the executions, without those of a time long past. */
const KEPT = {
  scheduler_execution_log: "where started_at > now() - interval '1 day'",
  scheduler_event: '',
  scheduler_pending_run: '',
  scheduler_job_cursor: '',
  scheduler_job_config: '',
  scheduler_instance: '',
} as const;

export class ChaosDatabase {
  readonly #server: RunningServer;
  readonly url: string;
  #client: postgres.Sql;
  #folder = '';
  /** Of the tables, not of the server's log; null: this user may mount none. */
  #disk: SmallDisk | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(server: RunningServer, url: string) {
    this.#server = server;
    this.url = url;
    this.#client = connect(url);
  }

  /** @param isSynced what is committed is on the disk, as a server in earnest has it */
  static async start(isSynced: boolean): Promise<ChaosDatabase> {
    const server = await startPostgresServer(['-c', `fsync=${isSynced ? 'on' : 'off'}`, '-c', 'synchronous_commit=on']);
    const maintenance = connect(server.url);
    const [row] = await maintenance.unsafe('show data_directory');
    const folder = String(row?.['data_directory']);
    const disk = await SmallDisk.mount(statSync(folder));
    if (disk !== null) await maintenance.unsafe(`create tablespace small location '${disk.folder}'`);
    await maintenance.unsafe(`create database chaos ${disk === null ? '' : 'tablespace small'}`);
    await maintenance.end({ timeout: 1 });
    const url = new URL(server.url);
    url.pathname = '/chaos';
    const database = new ChaosDatabase(server, url.href);
    database.#folder = folder;
    database.#disk = disk;
    return database;
  }

  /** Asks once. @throws when the server is away */
  async ask(text: string, values: readonly unknown[] = []): Promise<postgres.RowList<postgres.Row[]>> {
    return await this.#client.unsafe(text, values as never[]);
  }

  /** Asks until it is answered. */
  async insist(text: string, values: readonly unknown[] = []): Promise<postgres.RowList<postgres.Row[]>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.ask(text, values);
      } catch (error) {
        if (attempt >= 300) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** The server ends its sessions and goes; it comes back after `work`. Where it is away already, once it is back. */
  async restart(work: () => Promise<void>): Promise<void> {
    await this.#inTurn(() => this.#away(() => this.#server.halt(), work));
  }

  /** As a power cut to the server's process: nothing is tidied up, it recovers from its log. */
  async crash(work: () => Promise<void>): Promise<void> {
    await this.#inTurn(() => this.#away(() => this.#kill(), work));
  }

  get hasDisk(): boolean {
    return this.#disk !== null;
  }

  /** The disk of the tables is full while `work` goes on, or until the server comes back. @throws where it is not */
  async fillDisk(work: () => Promise<void>): Promise<void> {
    try {
      await this.#leaveNoRoom();
      await work();
    } finally {
      await this.#disk?.empty();
    }
  }

  /** What is vacuumed away meanwhile leaves room, and is filled again. */
  async #leaveNoRoom(): Promise<void> {
    for (let tries = 1; tries <= DISK_TRIES; tries += 1) {
      await this.#disk?.fill();
      const made = await this.ask(`create table chaos_ballast_${tries} as select generate_series(1, 10000)`).catch(
        () => null,
      );
      if (made === null) return;
    }
    throw new Error('The disk of the tables was filled, and tables found room on it.');
  }

  async stop(): Promise<void> {
    await this.#client.end({ timeout: 1 });
    await this.#server.stop();
    await this.#disk?.unmount();
  }

  /** Many rows a statement, each told by itself all the same. */
  async insertJobs(specs: readonly JobSpec[]): Promise<void> {
    for (let from = 0; from < specs.length; from += INSERTED_AT_ONCE) {
      const rows = specs.slice(from, from + INSERTED_AT_ONCE).map(rowOf);
      const names = Object.keys(rows[0]!).join(', ');
      await this.insist(
        `insert into scheduler_job_config (${names})
        select ${names} from jsonb_populate_recordset(null::scheduler_job_config, $1::text::jsonb)`,
        [JSON.stringify(rows)],
      );
    }
  }

  /** All rows of an answer, converted page by page: those that are not yet are few. */
  async readAll<T>(text: string, convert: (row: postgres.Row) => T): Promise<T[]> {
    const all: T[] = [];
    for await (const rows of this.#client.unsafe(text).cursor(READ_AT_ONCE)) {
      for (const row of rows) all.push(convert(row));
    }
    return all;
  }

  /** Copies the tables into a folder, a CSV file each, and over a connection each: after a copy the driver may never read on. */
  async keep(folder: string): Promise<void> {
    for (const [table, condition] of Object.entries(KEPT)) {
      const client = connect(this.url);
      const rows = await client.unsafe(`copy (select * from ${table} ${condition}) to stdout csv header`).readable();
      await pipeline(rows, createWriteStream(join(folder, `${table}.csv`)));
      await client.end({ timeout: 1 });
    }
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  async #away(go: () => Promise<void>, work: () => Promise<void>): Promise<void> {
    try {
      await go();
      await work();
    } finally {
      // To recover it may need room.
      await this.#disk?.empty();
      await this.#server.resume();
    }
  }

  async #kill(): Promise<void> {
    const pidFile = join(this.#folder, 'postmaster.pid');
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
    while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function rowOf(spec: JobSpec): Readonly<Record<string, unknown>> {
  return {
    job_id: spec.jobId,
    job_name: spec.jobName,
    cron_expression: spec.cronExpression,
    dialect: spec.dialect,
    timezone: spec.timezone,
    handler: spec.handler,
    misfire_policy: spec.misfirePolicy,
    misfire_grace_ms: spec.misfireGraceMs,
    catch_up_limit: spec.catchUpLimit,
    overlap_policy: spec.overlapPolicy,
    max_attempts: spec.maxAttempts,
    max_concurrent_runs: spec.maxConcurrentRuns,
    retry_backoff_ms: spec.retryBackoffMs,
    retry_backoff_max_ms: spec.retryBackoffMax,
    on_lost: spec.onLost,
    outage_policy: spec.outagePolicy,
    timeout_ms: spec.timeoutMs,
    jitter_ms: spec.jitterMs,
    start_at: spec.startAt,
    end_at: spec.endAt,
    job_kwargs: spec.jobKwargs,
  };
}

function connect(url: string): postgres.Sql {
  return postgres(url, {
    max: 8,
    onnotice: () => undefined,
    fetch_types: false,
    backoff: () => 0.1,
    connect_timeout: 5,
  });
}

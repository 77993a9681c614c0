/**
 * The replicas of a chaos run, each in a slot with a proxy of its own. Invariant: a slot whose process ended is filled
 * again with a new incarnation, unless the run is over; every incarnation there ever was is remembered.
 */
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import { EXIT_BY_JOB } from './chaos-jobs.ts';
import type { Misconduct } from './history.ts';
import { ReplicaProcess } from './replica-process.ts';
import { machineNow } from './shifted-date.ts';

export interface Slot {
  readonly index: number;
  readonly proxy: PostgresProxy;
  replica: ReplicaProcess;
  incarnations: number;
  /** Is not filled again. */
  isClosed: boolean;
}

const RESPAWN_MS = 300;
/** Longer than a lease in the first slot: while its replica drains, it has to be renewed. */
const GRACE_MS = 5_000;
const LONG_GRACE_MS = 20_000;
const DRAINED_WITHIN_MS = 60_000;

export class Cluster {
  readonly database: ChaosDatabase;
  readonly slots: Slot[] = [];
  readonly replicas: ReplicaProcess[] = [];
  readonly misconduct: Misconduct[] = [];
  readonly drained = new Set<string>();
  readonly #folder: string;
  #isOver = false;

  constructor(database: ChaosDatabase, folder: string) {
    this.database = database;
    this.#folder = folder;
  }

  async addSlot(): Promise<Slot> {
    const proxy = await startPostgresProxy(this.database.url);
    const index = this.slots.length;
    const slot: Slot = { index, proxy, incarnations: 0, isClosed: false, replica: undefined as never };
    this.slots.push(slot);
    this.start(slot);
    return slot;
  }

  /** Starts the next incarnation in a slot. */
  start(slot: Slot, lacks: readonly string[] = []): ReplicaProcess {
    slot.incarnations += 1;
    const name = `replica-${slot.index}.${slot.incarnations}`;
    const graceMs = slot.index === 0 ? LONG_GRACE_MS : GRACE_MS;
    const replica = new ReplicaProcess({ name, graceMs, databaseUrl: slot.proxy.url, folder: this.#folder, lacks });
    slot.replica = replica;
    this.replicas.push(replica);
    void replica.ended().then(() => this.#ended(slot, replica));
    return replica;
  }

  /** An address that answers, if there is one. */
  get addresses(): string[] {
    return this.slots.map(({ replica }) => replica.address).filter((address) => address !== null);
  }

  misbehaved(what: string): void {
    this.misconduct.push({ what, atMs: machineNow() });
  }

  /** Tells a replica to drain, and waits until it is gone. @returns how long it took, in milliseconds */
  async drain(replica: ReplicaProcess): Promise<number> {
    const toldAtMs = machineNow();
    replica.signal('SIGTERM');
    const kill = setTimeout(() => {
      this.misbehaved(`${replica.name} did not end within ${DRAINED_WITHIN_MS} ms of SIGTERM:\n${replica.tail}`);
      replica.signal('SIGKILL');
    }, DRAINED_WITHIN_MS);
    await replica.ended();
    clearTimeout(kill);
    if (replica.exitCode === 0) this.drained.add(replica.name);
    return machineNow() - toldAtMs;
  }

  /** Everything as it should be: networks healed, clocks right, a whole replica in every open slot. */
  heal(): void {
    for (const slot of this.slots) {
      slot.proxy.heal();
      slot.replica.signal('SIGCONT');
      slot.replica.stepClock(0);
    }
  }

  /** Every replica drains and ends. */
  async finish(): Promise<void> {
    this.#isOver = true;
    const alive = this.replicas.filter((replica) => replica.isAlive);
    await Promise.all(alive.map((replica) => this.drain(replica)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    for (const replica of this.replicas) {
      replica.signal('SIGCONT');
      replica.signal('SIGKILL');
      await replica.ended();
    }
    await Promise.all(this.slots.map(({ proxy }) => proxy.stop()));
  }

  #ended(slot: Slot, replica: ReplicaProcess): void {
    if (replica.isDoomed || this.#isOver) return;
    if (replica.exitCode !== EXIT_BY_JOB) {
      this.misbehaved(`${replica.name} ended by itself with ${replica.exitCode}:\n${replica.tail}`);
    }
    setTimeout(() => {
      if (!this.#isOver && !slot.isClosed && slot.replica === replica) this.start(slot);
    }, RESPAWN_MS);
  }
}

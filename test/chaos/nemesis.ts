/**
 * Brings the planned faults upon a cluster, each at its time. Invariant: what it breaks it mends after the fault's
 * duration, or at once when the run is cut short; `settled` resolves when everything is mended.
 */
import type { Cluster, Slot } from './cluster.ts';
import type { Fault, PlannedFault } from './fault-schedule.ts';
import { findHolder, heldAhead, type HeldAhead } from './claims-ahead.ts';
import type { Herd } from './herd.ts';
import type { Disturbance } from './history.ts';
import { breakServer, isServerFault } from './server-faults.ts';
import { machineNow } from './shifted-date.ts';

/** As it is promised. */
const FORCED_WITHIN_MS = 2_000;
/** Whatever else is being done: what does not answer is cut off, later where jobs block the process, a second each. */
const CUT_OFF_WITHIN_MS = 6_000;
/** What was broken is not as it was at once. */
const CONVALESCENCE_MS = 8_000;
/** Replicas are told to end, or begin, and nothing is broken. */
const DRAINS: ReadonlySet<Fault> = new Set(['drain', 'old-registry', 'join']);
const NEWER = ['chaos.newer', 'chaos.slow', 'chaos.hangs'];

/** One that the process survives. */
interface Impairment extends Pick<PlannedFault, 'durationMs' | 'stepMs'> {
  readonly fault: 'suspend' | 'clock' | 'refuse' | 'black-hole' | 'slow' | 'deaf';
}

export interface Inflicted extends PlannedFault {
  readonly inflictedAtMs: number;
  readonly on: string;
  /** The replica was gone, and so was every other. */
  readonly isVain: boolean;
  /** How many claims it met that were not due yet. */
  heldAhead: HeldAhead;
  /** As it was measured: a server that is busy takes longer to be broken, and mended, than was planned. Null: it is not yet. */
  mendedAtMs: number | null;
}

export class Nemesis {
  readonly #cluster: Cluster;
  readonly #herd: Herd;
  readonly inflicted: Inflicted[] = [];
  readonly forcedMs: number[] = [];
  /** So often no replica held claims ahead for one to be killed with them. */
  missed = 0;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(cluster: Cluster, herd: Herd) {
    this.#cluster = cluster;
    this.#herd = herd;
  }

  /** Inflicts each fault at its time after now; resolves when the last has begun. */
  async run(plan: readonly PlannedFault[]): Promise<void> {
    const startedAtMs = machineNow();
    for (const fault of plan) {
      await sleep(startedAtMs + fault.atMs - machineNow());
      this.#underTake(fault);
    }
  }

  get disturbances(): Disturbance[] {
    return this.inflicted.map(({ fault, on, inflictedAtMs, durationMs, mendedAtMs }) => ({
      on,
      isDrain: DRAINS.has(fault),
      fromMs: inflictedAtMs,
      toMs: Math.max(inflictedAtMs + durationMs, on === 'server' ? (mendedAtMs ?? 0) : 0),
    }));
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** One that waits for its instant does not keep the others waiting. */
  #underTake(fault: PlannedFault): void {
    const { alignMs, isAtHerd } = fault;
    const everyMs = isAtHerd ? this.#herd.everyMs : 1_000;
    const waitMs = alignMs === null || fault.fault === 'kill-ahead' ? 0 : everyMs + alignMs - (machineNow() % everyMs);
    const work = sleep(waitMs).then(() => this.#inflict(fault));
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  async #inflict(fault: PlannedFault): Promise<void> {
    const { slots } = this.#cluster;
    const slot = fault.fault === 'kill-ahead' ? await findHolder(this.#cluster, this.#herd) : standing(slots, fault);
    if (slot === null) {
      this.missed += 1;
      return;
    }
    const on = isServerFault(fault.fault) ? 'server' : slot.replica.name;
    const inflictedAtMs = machineNow();
    // One that was killed before meets nothing any more.
    const isThere = isServerFault(fault.fault) || isStanding(slot);
    const met = { heldAhead: { all: 0, far: 0 }, mendedAtMs: null };
    const inflicted: Inflicted = { ...fault, inflictedAtMs, on, isVain: !isThere, ...met };
    this.inflicted.push(inflicted);
    const breaking = this.#break(fault, slot)
      .catch((error: unknown) => {
        this.#cluster.misbehaved(`The suite could not inflict or mend '${fault.fault}' on ${on}: ${String(error)}`);
      })
      .finally(() => (inflicted.mendedAtMs = machineNow()));
    // A signal is sent by now: this is what a process that was killed has left behind.
    if (isThere) inflicted.heldAhead = await heldAhead(this.#cluster.database, on, inflictedAtMs);
    await breaking;
  }

  async #break(planned: PlannedFault, slot: Slot): Promise<unknown> {
    const { fault, durationMs, stepMs } = planned;
    if (isServerFault(fault)) return breakServer(this.#cluster, planned);
    const { replica } = slot;
    switch (fault) {
      case 'kill':
      case 'kill-ahead':
        return this.#replace(slot, durationMs, () => replica.signal('SIGKILL'));
      case 'drain':
        return this.#replace(slot, durationMs, () => this.#cluster.drain(replica));
      case 'force':
        return this.#replace(slot, durationMs, () => this.#force(slot));
      case 'old-registry':
        return this.#downgrade(slot, durationMs);
      case 'join':
        return this.#join(durationMs);
      default:
        return impair(slot, { fault, durationMs, stepMs });
    }
  }

  /** Ends the process, leaves the slot empty for a while, and fills it again. */
  async #replace(slot: Slot, emptyMs: number, end: () => unknown): Promise<void> {
    const { replica } = slot;
    if (!isStanding(slot)) return;
    replica.signal('SIGCONT');
    replica.isDoomed = true;
    await end();
    await replica.ended();
    await sleep(emptyMs);
    if (slot.replica === replica && !slot.isClosed) this.#cluster.start(slot);
  }

  async #force({ replica }: Slot): Promise<void> {
    const drained = this.#cluster.drain(replica);
    await sleep(400);
    if (!replica.isAlive) return;
    const toldAtMs = machineNow();
    replica.signal('SIGTERM');
    await drained;
    const tookMs = machineNow() - toldAtMs;
    this.forcedMs.push(Math.round(tookMs));
    const others = this.#touching(replica, toldAtMs);
    if (tookMs <= (others.length > 0 ? CUT_OFF_WITHIN_MS : FORCED_WITHIN_MS)) return;
    // One that is suspended meanwhile cannot end.
    if (others.some(({ fault }) => fault === 'suspend')) return;
    this.#cluster.misbehaved(
      `${replica.name} took ${Math.round(tookMs)} ms to end after the second SIGTERM:\n${replica.tail}`,
    );
  }

  /** What else has been done to a replica, or to the server, since a moment before an instant. */
  #touching({ name }: Slot['replica'], sinceMs: number): Inflicted[] {
    const index = Number(/\d+/.exec(name)?.[0]);
    return this.inflicted.filter(
      ({ fault, mendedAtMs, slot, on }) =>
        fault !== 'force' &&
        (on === 'server' || on === name || slot === index) &&
        (mendedAtMs ?? machineNow()) + CONVALESCENCE_MS > sinceMs,
    );
  }

  async #downgrade(slot: Slot, forMs: number): Promise<void> {
    const { replica } = slot;
    if (!isStanding(slot)) return;
    replica.signal('SIGCONT');
    await this.#cluster.drain(replica);
    const older = this.#cluster.start(slot, NEWER);
    await sleep(forMs);
    if (slot.replica !== older || !older.isAlive || older.isDoomed) return;
    await this.#cluster.drain(older);
    if (slot.replica === older) this.#cluster.start(slot);
  }

  async #join(forMs: number): Promise<void> {
    const slot = await this.#cluster.addSlot();
    await sleep(forMs);
    slot.isClosed = true;
    if (slot.replica.isAlive) await this.#cluster.drain(slot.replica);
  }
}

/** The slot that is meant, or the next one whose replica is there, if any is. */
function standing(slots: readonly Slot[], { slot: index }: PlannedFault): Slot {
  const inTurn = [...slots.slice(index), ...slots.slice(0, index)];
  return inTurn.find(isStanding) ?? slots[index]!;
}

function isStanding({ replica }: Slot): boolean {
  return replica.isAlive && !replica.isDoomed;
}

/** The process, its clock or its network is as it was afterwards. */
async function impair({ proxy, replica }: Slot, { fault, durationMs, stepMs }: Impairment): Promise<void> {
  const heal = (): void => proxy.heal();
  const slow = (): void => void (proxy.faults.delayMs = 20 + (durationMs % 400));
  switch (fault) {
    case 'suspend':
      return lasting(
        durationMs,
        () => replica.signal('SIGSTOP'),
        () => replica.signal('SIGCONT'),
      );
    case 'clock':
      return lasting(
        durationMs,
        () => replica.stepClock(stepMs),
        () => replica.stepClock(0),
      );
    case 'refuse':
      return lasting(durationMs, () => proxy.refuse(), heal);
    case 'black-hole':
      return lasting(durationMs, () => proxy.blackHole(), heal);
    case 'slow':
      return lasting(durationMs, slow, heal);
    case 'deaf':
      return lasting(durationMs, () => proxy.deafen(), heal);
  }
}

async function lasting(forMs: number, begin: () => void, end: () => void): Promise<void> {
  begin();
  await sleep(forMs);
  end();
}

async function sleep(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

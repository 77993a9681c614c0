/**
 * One chaos run, from an empty database to the verdict: start → arm → attack → heal → quiet → drain → check. Invariant:
 * whatever happens, every process that it started is gone at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caughtUp, PENDING_MS } from './catching-up.ts';
import { ChaosDatabase } from './chaos-database.ts';
import { checkHistory } from './check-history.ts';
import { countFarAhead } from './claims-ahead.ts';
import { Cluster } from './cluster.ts';
import { findUnexercised } from './exercised.ts';
import { type Fault, planFaults, type PlannedFault } from './fault-schedule.ts';
import { FAR_AHEAD_MS, herdOf } from './herd.ts';
import type { Disturbance, History, Violation } from './history.ts';
import { recordLeases } from './lease-record.ts';
import { type Inflicted, Nemesis } from './nemesis.ts';
import { insertPast } from './past-history.ts';
import { readHistory, readRunning } from './read-history.ts';
import { RunningWatch } from './running-watch.ts';
import { machineNow } from './shifted-date.ts';
import { Traffic } from './traffic.ts';
import { type ChaosJob, makeJobs, spanned, usualHerd } from './workload.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How long faults are inflicted. */
  readonly attackMs: number;
  /** How long everything is healthy afterwards, before it is judged. */
  readonly quietMs: number;
  readonly replicas: number;
  readonly jobs: number;
  /** How many are due together besides; null: a quarter as many. */
  readonly herd: number | null;
  /** Executions of a time long past, half of them too old to be kept. */
  readonly historyRows: number;
  readonly faults: readonly Fault[];
  /** When which comes; left out: as the seed says. */
  readonly plan?: readonly PlannedFault[];
  /** The server's commits reach the disk. */
  readonly isSynced: boolean;
  /** Keeps ledgers, logs and tables also where nothing was broken. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export interface ChaosVerdict {
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly inflicted: readonly Inflicted[];
  readonly forcedMs: readonly number[];
  /** When the server took longer to answer than anybody could count on, with a fault or without. */
  readonly overloads: readonly Disturbance[];
  readonly badRows: number;
  /** So often no replica held claims ahead for one to be killed with them. */
  readonly missed: number;
  /** What the run was for and did not do. */
  readonly unexercised: readonly string[];
  readonly reschedulings: number;
  /** Ledgers and logs of the replicas, and the tables; kept where a promise was broken. */
  readonly folder: string;
}

export async function runChaos(options: ChaosOptions): Promise<ChaosVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-chaos-'));
  const database = await ChaosDatabase.start(options.isSynced);
  const cluster = new Cluster(database, folder);
  try {
    const verdict = await attack(cluster, options);
    const isGood = verdict.violations.length === 0 && verdict.unexercised.length === 0;
    if (isGood && !options.keep) await rm(folder, { recursive: true, force: true });
    else await database.keep(folder);
    return { ...verdict, folder };
  } finally {
    await cluster.stop();
    await database.stop();
  }
}

const IN_PEACE_WITHIN_MS = 120_000;

type Quiet = Pick<History, 'runningInQuiet' | 'runningSamples' | 'quietFromMs' | 'quietToMs'>;

async function attack(cluster: Cluster, options: ChaosOptions): Promise<Omit<ChaosVerdict, 'folder'>> {
  const { seed, attackMs, replicas, faults, say } = options;
  const herd = options.herd === null ? usualHerd(options.jobs) : herdOf(options.herd);
  const jobs = await arm(cluster, makeJobs(seed, options.jobs, herd), options);
  if (herd.aheadMs > FAR_AHEAD_MS) await claimedFarAhead(cluster);
  const fromMs = machineNow();
  say(
    `${replicas} replicas are ready, ${jobs.length} jobs are armed; faults come for ${Math.round(attackMs / 1_000)} s.`,
  );
  const nemesis = new Nemesis(cluster, herd);
  const traffic = new Traffic(cluster, { jobs, herd, seed });
  const busy = traffic.run();
  const running = new RunningWatch(cluster.database);
  await nemesis.run(options.plan ?? planFaults({ seed, lengthMs: attackMs, replicas, faults, herd }));
  await nemesis.settled();
  await until('the attack is over', () => machineNow() - fromMs >= attackMs);
  traffic.stop();
  await busy;
  const quiet = await settle(cluster, options, running);
  const watch = { fromMs, toMs: quiet.quietToMs - PENDING_MS };
  const { overloads } = running;
  const { badRows } = traffic;
  const disturbances = [...nemesis.disturbances, ...overloads];
  const { historyRows } = options;
  const parts = { cluster, traffic, jobs, herd, watch, ...quiet, disturbances, historyRows };
  const history = await readHistory(parts);
  return {
    history,
    violations: checkHistory(history),
    inflicted: nemesis.inflicted,
    forcedMs: nemesis.forcedMs,
    missed: nemesis.missed,
    unexercised: findUnexercised({ attackMs, faults, herd, inflicted: nemesis.inflicted, history, badRows }),
    overloads,
    badRows,
    reschedulings: traffic.reschedulings.length,
  };
}

/** Everything is healthy for a while, whoever is behind catches up, and then every replica drains. */
async function settle(cluster: Cluster, { quietMs, say }: ChaosOptions, running: RunningWatch): Promise<Quiet> {
  cluster.heal();
  const quietFromMs = machineNow();
  say(`The faults are over; ${Math.round(quietMs / 1_000)} s of quiet follow.`);
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  await caughtUp(cluster.database);
  const runningInQuiet = await readRunning(cluster.database);
  const runningSamples = await running.stop();
  const quietToMs = machineNow();
  await cluster.finish();
  return { runningInQuiet, runningSamples, quietFromMs, quietToMs };
}

/** Resolves when every replica is ready, and every job has its first occurrence. @returns the jobs, with their own start and end */
async function arm(
  cluster: Cluster,
  jobs: readonly ChaosJob[],
  { replicas, historyRows, attackMs, say }: ChaosOptions,
): Promise<ChaosJob[]> {
  const { database } = cluster;
  // All at once on an empty database: each wants to migrate it.
  for (let index = 0; index < replicas; index += 1) await cluster.addSlot();
  await until('every replica is ready', () => cluster.addresses.length === replicas);
  await recordLeases(database);
  const startedAtMs = machineNow();
  await insertPast(database, historyRows);
  say(`${historyRows} executions of the past were inserted in ${Math.round(machineNow() - startedAtMs)} ms.`);
  const armed = spanned(jobs, machineNow(), attackMs);
  await database.insertJobs(armed.map(({ spec }) => spec));
  await until('every job is armed', async () => {
    const [row] = await database.insist(
      'select count(*)::int as n from scheduler_job_cursor where next_fire_at is null',
    );
    return row?.['n'] === 0;
  });
  return armed;
}

/** Resolves when a herd that is large enough has once been claimed as it is in peace; who never gets there is judged for it. */
async function claimedFarAhead({ database }: Cluster): Promise<void> {
  const untilMs = machineNow() + IN_PEACE_WITHIN_MS;
  while (machineNow() < untilMs && (await countFarAhead(database)) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const startedAtMs = machineNow();
  while (!(await holds())) {
    if (machineNow() - startedAtMs > 120_000) throw new Error(`In 120 s it did not come to this: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

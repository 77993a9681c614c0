/** Faults of the database server itself, and of everybody's way to it. Invariant: what is broken here is mended here. */
import type { Cluster } from './cluster.ts';
import type { Fault, PlannedFault } from './fault-schedule.ts';
import { machineNow } from './shifted-date.ts';

const SERVER_FAULTS = ['db-restart', 'db-crash', 'terminate', 'disk-full', 'outage'] as const;
type ServerFault = (typeof SERVER_FAULTS)[number];

export function isServerFault(fault: Fault): fault is ServerFault {
  return SERVER_FAULTS.some((known) => known === fault);
}

export async function breakServer(cluster: Cluster, { fault, durationMs, slot }: PlannedFault): Promise<unknown> {
  const { database } = cluster;
  switch (fault as ServerFault) {
    case 'db-restart':
      return database.restart(() => startWithoutDatabase(cluster, slot, durationMs));
    case 'db-crash':
      return database.crash(() => sleep(durationMs));
    case 'terminate':
      return terminateBackends(cluster, durationMs);
    case 'disk-full':
      return fillDisk(cluster, durationMs);
    case 'outage':
      return cutEverybodyOff(cluster, durationMs);
  }
}

/** One replica starts while there is no database. */
async function startWithoutDatabase(cluster: Cluster, index: number, forMs: number): Promise<void> {
  const slot = cluster.slots[index]!;
  const { replica } = slot;
  if (replica.isAlive && !replica.isDoomed) {
    replica.signal('SIGKILL');
    await replica.ended();
    if (slot.replica === replica) cluster.start(slot);
  }
  await sleep(forMs);
}

/** However long each answer takes: a busy database makes it no longer. */
async function terminateBackends({ database }: Cluster, forMs: number): Promise<void> {
  const untilMs = machineNow() + forMs;
  while (machineNow() < untilMs) {
    await database
      .ask(
        `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'carillon' and pid <> pg_backend_pid() order by random() limit 3`,
      )
      .catch(() => undefined);
    await sleep(250);
  }
}

/** Half of them in earnest, where that is possible: then what finds room in a page that is there is written all the same. */
async function fillDisk({ database }: Cluster, forMs: number): Promise<void> {
  if (forMs % 2 === 0 && database.hasDisk) await database.fillDisk(() => sleep(forMs));
  else await refuseWrites(database, forMs);
}

/** The log cannot be written to at all: what PostgreSQL answers where its disk is full. */
async function refuseWrites(database: Cluster['database'], forMs: number): Promise<void> {
  await database.insist(`
    create or replace function chaos_disk_full() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
  await database.insist(`set lock_timeout = '2s'; create or replace trigger chaos_disk_full
    before insert or update on scheduler_execution_log for each statement execute function chaos_disk_full()`);
  try {
    await sleep(forMs);
  } finally {
    await database.insist(`set lock_timeout = '2s'; drop trigger if exists chaos_disk_full on scheduler_execution_log`);
  }
}

/** Nobody reaches the database for longer than a lease. */
async function cutEverybodyOff({ slots }: Cluster, forMs: number): Promise<void> {
  const cut = [...slots];
  for (const { proxy } of cut) {
    if (forMs % 2 === 0) proxy.refuse();
    else proxy.blackHole();
  }
  await sleep(forMs);
  for (const { proxy } of cut) proxy.heal();
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

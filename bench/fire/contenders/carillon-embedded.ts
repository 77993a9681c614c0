/** Carillon on the embedded database, in a folder that is thrown away. The server it is measured beside has nothing to do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '../../../src/modules/foundation/infrastructure/persistence/database.ts';
import { carillonApplication, jobRows, startArmed } from '../carillon-application.ts';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';

const folder = await mkdtemp(join(tmpdir(), 'carillon-bench-'));
let opened: Database | null = null;

async function schedule(order: FireOrder, dueAt: Date): Promise<void> {
  const { database } = await carillonApplication({ DATA_DIRECTORY: folder }, () => undefined);
  await database.open();
  await database.rows(sql.raw(jobRows(order, dueAt)));
  await database.close();
}

async function start(order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const bench = await carillonApplication({ DATA_DIRECTORY: folder }, () => onStart());
  const armedMs = await startArmed(bench, order.enabled);
  opened = bench.database;
  return {
    armedMs,
    async stop() {
      await bench.application.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isRecorded(): Promise<boolean> {
  const rows = await opened!.rows(sql`select from scheduler_execution_log where status = 'RUNNING' limit 1`);
  return rows.length === 0;
}

export const contender: Contender = { schedule, start, isRecorded };

/** The port HistoryPruner, on each database. Each test has history older than anybody else's. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import { PostgresHistoryPruner } from '../../src/modules/foundation/infrastructure/persistence/postgres-history-pruner.ts';
import { CountingDatabase } from '../support/counting-database.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

const DAY_MS = 86_400_000;

describeOnEveryDatabase('PostgresHistoryPruner', (database) => {
  const signal = new AbortController().signal;
  const pruner = (rows?: number) => new PostgresHistoryPruner(database(), rows === undefined ? {} : { rows });

  /** One a day, the newest yesterday. */
  const writeHistory = async (count: number, status = 'SUCCESS') => {
    const jobId = `job-${randomUUID()}`;
    await database().rows(sql`
      insert into scheduler_execution_log (job_id, started_at, status)
      select ${jobId}, now() - day * interval '1 day', ${status} from generate_series(1, ${count}::int) as day`);
    return jobId;
  };
  const countOf = async (jobId: string) => {
    const [row] = await database().rows<{ n: number }>(sql`
      select count(*)::int as n from scheduler_execution_log where job_id = ${jobId}`);
    return row!.n;
  };

  beforeEach(async () => {
    await database().rows(sql`truncate scheduler_execution_log, scheduler_event cascade`);
  });

  it('deletes what is older, in batches that meet without a gap', async () => {
    const jobs = [await writeHistory(30), await writeHistory(30)];
    const olderThan = new Date(Date.now() - 10.5 * DAY_MS);
    expect(await pruner(7).prune({ olderThan, keepLast: null, signal })).toEqual({ deleted: 40 });
    expect(await Promise.all(jobs.map(countOf))).toEqual([10, 10]);
    expect(await pruner(7).prune({ olderThan, keepLast: null, signal })).toEqual({ deleted: 0 });
  });

  it('keeps the newest of each job, however old', async () => {
    const [long, short] = [await writeHistory(30), await writeHistory(3)];
    const olderThan = new Date(Date.now() - 1.5 * DAY_MS);
    await pruner(4).prune({ olderThan, keepLast: 5, signal });
    expect([await countOf(long), await countOf(short)]).toEqual([5, 3]);
  });

  it('by number alone, whatever the age', async () => {
    const jobId = await writeHistory(20);
    expect(await pruner(6).prune({ olderThan: null, keepLast: 8, signal })).toEqual({ deleted: 12 });
    expect(await countOf(jobId)).toBe(8);
    expect(await pruner(6).prune({ olderThan: null, keepLast: 0, signal })).toEqual({ deleted: 8 });
  });

  it('never deletes a RUNNING record', async () => {
    const jobId = await writeHistory(5, 'RUNNING');
    expect(await pruner().prune({ olderThan: new Date(), keepLast: 0, signal })).toEqual({ deleted: 0 });
    expect(await countOf(jobId)).toBe(5);
  });

  it('deletes old events, and only by age', async () => {
    await database().rows(sql`
      insert into scheduler_event (type, at) select 'run.lost', now() - day * interval '1 day' from generate_series(1, 25) day`);
    expect(await pruner(4).prune({ olderThan: null, keepLast: 1, signal })).toEqual({ deleted: 0 });
    const olderThan = new Date(Date.now() - 5.5 * DAY_MS);
    expect(await pruner(4).prune({ olderThan, keepLast: null, signal })).toEqual({ deleted: 20 });
  });

  it('deletes nothing unless told what', async () => {
    const jobId = await writeHistory(5);
    expect(await pruner().prune({ olderThan: null, keepLast: null, signal })).toEqual({ deleted: 0 });
    expect(await countOf(jobId)).toBe(5);
  });

  it('goes in one statement no further than so many lines of log, and on from there', async () => {
    await writeHistory(30);
    await database().rows(sql`
      insert into scheduler_run_log (execution_id, line, at, level, message)
      select id, line, now(), 'info', 'said' from scheduler_execution_log, generate_series(1, 4) line`);
    const counting = new CountingDatabase(database());
    const inSteps = new PostgresHistoryPruner(counting, { rows: 100, lines: 10 });
    expect(await inSteps.prune({ olderThan: null, keepLast: 3, signal })).toEqual({ deleted: 27 });
    expect(counting.statements).toBe(10);
    expect(await database().rows(sql`select count(*)::int as n from scheduler_run_log`)).toEqual([{ n: 12 }]);
  });

  it('stops when aborted', async () => {
    await writeHistory(5);
    const pruning = { olderThan: new Date(), keepLast: null, signal: AbortSignal.abort() };
    expect(await pruner().prune(pruning)).toEqual({ deleted: 0 });
  });
});

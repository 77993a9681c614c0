/** What a first start makes, on each database: a job that rings, and one without which the history would grow for ever. */
import { sql } from 'drizzle-orm';
import { afterEach, expect, it } from 'vitest';
import { createJobRegistry } from '../../src/modules/maintenance/application/job-registry.ts';
import { type DatabaseEngine, databaseEngine } from '../support/database-engine.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { saveJob } from './samples.ts';

const PRUNES = 'maintenance.prune-history';
const DAY_MS = 86_400_000;

describeOnEveryDatabase('a first start', (database) => {
  const started: DatabaseEngine[] = [];
  afterEach(async () => {
    for (const { lifespan } of started.splice(0)) await lifespan.stop();
    await database().rows(sql`
      truncate scheduler_job_config, scheduler_execution_log, scheduler_event, scheduler_instance cascade`);
  });
  const start = async (): Promise<DatabaseEngine> => {
    const { pruner } = portsOn(database());
    const maintenance = createJobRegistry({ pruner, now: () => Date.now() });
    const engine = databaseEngine(database(), { maintenance });
    started.push(engine);
    await engine.lifespan.start();
    return engine;
  };
  const jobIds = async () => [...(await portsOn(database()).configs.getRevisions()).keys()].toSorted();

  it('makes a job that prunes every night, and one that rings; once', async () => {
    const { wired } = await start();
    expect(await jobIds()).toEqual(['maintenance.heartbeat', PRUNES]);
    expect(await wired.jobAdmin.get(PRUNES)).toMatchObject({
      config: { enabled: true, handler: null, jobKwargs: {}, timezone: 'Asia/Shanghai' },
      ...{ state: 'neverRan', warnings: [] },
      description: expect.stringContaining('04:30'),
    });
    for (const jobId of await jobIds()) await wired.removal.remove(jobId, { actor: 'test', precondition: {} });
    await start();
    expect(await jobIds()).toEqual([]);
  });

  it('of two replicas at once makes each of them once', async () => {
    await Promise.all([start(), start()]);
    expect(await jobIds()).toEqual(['maintenance.heartbeat', PRUNES]);
  });

  it('makes what is missing where the process died between the two, and no more', async () => {
    await start();
    await started.pop()!.lifespan.stop();
    await database().rows(sql`delete from scheduler_job_config where job_id <> ${PRUNES}`);
    await database().rows(sql`delete from scheduler_event where job_id is distinct from ${PRUNES}`);
    expect(await portsOn(database()).ledger.getRecent(9)).toMatchObject([{ type: 'job.created', jobId: PRUNES }]);
    const { wired } = await start();
    expect(await jobIds()).toEqual(['maintenance.heartbeat', PRUNES]);
    await wired.removal.remove('maintenance.heartbeat', { actor: 'test', precondition: {} });
    await start();
    expect(await jobIds()).toEqual([PRUNES]);
  });

  it('makes none where somebody made a job between the two', async () => {
    await start();
    await started.pop()!.lifespan.stop();
    await database().rows(sql`delete from scheduler_job_config where job_id <> ${PRUNES}`);
    const { jobId } = await saveJob(database());
    await database().rows(sql`delete from scheduler_event where job_id is distinct from ${PRUNES}`);
    await start();
    expect(await jobIds()).toEqual([jobId, PRUNES].toSorted());
  });

  it('makes none where there are jobs already', async () => {
    const { jobId } = await saveJob(database());
    await database().rows(sql`truncate scheduler_event`);
    await start();
    expect(await jobIds()).toEqual([jobId]);
  });

  it('makes one that deletes what is older than 30 days, and nothing younger', async () => {
    const { wired } = await start();
    const [old, young] = [31, 29].map((days) => new Date(Date.now() - days * DAY_MS).toISOString());
    await database().rows(sql`
      insert into scheduler_execution_log (job_id, started_at, status)
      values ('a', ${old!}::timestamptz, 'SUCCESS'), ('a', ${young!}::timestamptz, 'FAILED')`);
    await database().rows(sql`
      insert into scheduler_event (type, job_id, at)
      values ('job.created', 'a', ${old!}::timestamptz), ('job.updated', 'a', ${young!}::timestamptz)`);
    const { id } = await wired.jobAdmin.trigger(PRUNES, { actor: 'test' });
    const run = await eventually(async () => {
      const found = await wired.executions.getById(id);
      expect(found).toMatchObject({ status: 'SUCCESS' });
      return found;
    });
    expect(run).toMatchObject({ result: { deleted: 2, keepLast: null } });
    expect(await wired.executions.getRecentByJobId('a', 9)).toMatchObject([{ status: 'FAILED' }]);
    expect(await wired.ledger.getRecent(9, 'a')).toMatchObject([{ type: 'job.updated' }]);
  });
});

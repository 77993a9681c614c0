/** A backfill ordered at one of two replicas: both may run it, one run after another, oldest first. On each database. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterEach, expect, it } from 'vitest';
import { type DatabaseEngine, databaseEngine } from '../support/database-engine.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { saveJob } from './samples.ts';

const HOURS = 4;

describeOnEveryDatabase('JobBackfill on two replicas', (database) => {
  const started: DatabaseEngine[] = [];
  afterEach(async () => {
    for (const { lifespan } of started.splice(0)) await lifespan.stop();
  });

  it('runs each occurrence once, oldest first, never two at a time', async () => {
    const handler = `test.${randomUUID()}`;
    const ran: string[] = [];
    let [underWay, most] = [0, 0];
    const run = async (_kwargs: unknown, { scheduledAt }: { scheduledAt: Date }): Promise<null> => {
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      ran.push(scheduledAt.toISOString());
      underWay -= 1;
      return null;
    };
    const { jobId } = await saveJob(database(), { handler, cronExpression: '0 * * * *', timezone: 'UTC' });
    const replicas = [1, 2].map(() => databaseEngine(database(), { test: { [handler]: run } }));
    started.push(...replicas);
    for (const { lifespan } of replicas) await lifespan.start();
    const from = new Date('2026-01-02T00:00:00Z');
    const to = new Date(from.getTime() + HOURS * 3_600_000);
    const order = await replicas[0]!.wired.backfill.run(jobId, { from, to }, { actor: 'operator' });
    expect(order).toMatchObject({ count: HOURS, completed: 0 });
    await eventually(async () => {
      for (const { time } of replicas) await time.advance(500);
      const rows = await database().rows(sql`
        select id from scheduler_execution_log where job_id = ${jobId} and status = 'SUCCESS'`);
      expect(rows).toHaveLength(HOURS);
    });
    const expected = Array.from({ length: HOURS }, (_, hour) =>
      new Date(from.getTime() + hour * 3_600_000).toISOString(),
    );
    expect(ran).toEqual(expected);
    expect(most).toBe(1);
    const again = await replicas[1]!.wired.backfill.run(jobId, { from, to }, { actor: 'operator' });
    expect(again).toMatchObject({ count: 0, completed: HOURS });
  });
});

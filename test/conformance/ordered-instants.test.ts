/** At which instant a run that somebody orders stands: at none that an occurrence of the schedule may need, on each store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { KitDatabase } from '../support/kit-database.ts';
import { armJob, saveJob } from './samples.ts';

const millisecondOf = (instant: Date) => instant.getUTCMilliseconds();

describeOnEveryStore('PendingRuns', (database, onDatabases) => {
  /** The next second and a half, but for what stands at these milliseconds. */
  const takeAllBut = async (jobId: string, milliseconds: readonly number[]): Promise<void> => {
    const behind = database();
    if (behind instanceof KitDatabase) return takeInKit(behind, jobId, milliseconds);
    await behind.rows(sql`
      insert into scheduler_pending_run (id, job_id, scheduled_at, trigger, actor)
      select gen_random_uuid(), ${jobId}, at, 'backfill', 'test' from generate_series(
        date_trunc('milliseconds', clock_timestamp()), clock_timestamp() + interval '1500 milliseconds', '1 millisecond'
      ) as at
      where extract(milliseconds from at)::int % 1000 not in (
        select value::int from json_array_elements_text(${JSON.stringify(milliseconds)}::json) as value
      )`);
  };
  const order = async (jobId: string) => {
    const what = { trigger: 'manual', jobKwargs: {}, reason: null, actor: 'operator' } as const;
    return millisecondOf((await portsOn(database()).pending.add({ ...what, id: randomUUID(), jobId })).scheduledAt);
  };

  it('leaves a job that runs every second, counted from its creation, what comes due', async () => {
    const { jobId, createdAt } = await saveJob(database(), { cronExpression: '@every 1s' });
    await takeAllBut(jobId, [0, millisecondOf(createdAt)]);
    expect([0, millisecondOf(createdAt)]).not.toContain(await order(jobId));
  });

  it('leaves a job that runs once the instant that its cursor waits for', async () => {
    const nextFireAt = new Date('2026-01-02T03:04:05.678Z');
    const { jobId } = await armJob(database(), { cronExpression: `@at ${nextFireAt.toISOString()}`, nextFireAt });
    await takeAllBut(jobId, [678]);
    expect(await order(jobId)).not.toBe(678);
  });

  onDatabases('finds one also where the cursor is unarmed or at its end, and the job was never made', async () => {
    const { jobId } = await armJob(database(), { nextFireAt: null });
    expect(await order(jobId)).not.toBe(0);
    await database().rows(sql`update scheduler_job_config set created_at = '-infinity' where job_id = ${jobId}`);
    expect(await order(jobId)).not.toBe(0);
  });
});

function takeInKit({ store }: KitDatabase, jobId: string, milliseconds: readonly number[]): void {
  const order = { jobId, trigger: 'backfill', jobKwargs: {}, reason: null, actor: 'test' } as const;
  const now = new Date(store.now());
  for (let after = 0; after < 1_500; after += 1) {
    const [id, scheduledAt] = [randomUUID(), new Date(store.now() + after)];
    if (milliseconds.includes(millisecondOf(scheduledAt))) continue;
    const rest = { attempt: 1, maxAttempts: null, availableAt: now, createdAt: now };
    store.pending.set(id, { ...order, ...rest, id, scheduledAt });
  }
}

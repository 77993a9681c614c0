/** The port EventLedger, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { SchedulerEvent } from '../../src/modules/foundation/domain/event.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';

describeOnEveryStore('EventLedger', (database, onDatabases) => {
  const ledger = () => portsOn(database()).ledger;

  it('append() keeps every field, getRecent() gives the newest first', async () => {
    const jobId = `job-${randomUUID()}`;
    const whole: SchedulerEvent = {
      type: 'occurrence.misfired',
      jobId,
      executionId: randomUUID(),
      scheduledAt: new Date('2026-02-03T04:05:06.789Z'),
      reason: 'late',
      actor: 'operator',
      detail: { missed: 3, list: ['一', null] },
    };
    await ledger().append([{ type: 'job.invalid', jobId }, whole]);
    const [newest, oldest] = await ledger().getRecent(5, jobId);
    expect(newest).toMatchObject(whole);
    expect(oldest).toMatchObject({ type: 'job.invalid', executionId: null, reason: null, actor: null });
    expect(newest!.id).toBeGreaterThan(oldest!.id);
    expect(newest!.at).toBeInstanceOf(Date);
  });

  it('append() of an event under a key that was told tells the same event anew, and no other', async () => {
    const [jobId, other] = [`job-${randomUUID()}`, `job-${randomUUID()}`];
    const telling = (key: string, count: number): SchedulerEvent => ({
      ...{ type: 'job.unresolved', jobId, key, reason: `${count} passed`, detail: { count } },
    });
    await ledger().append([telling(jobId, 1), telling(other, 7)]);
    const [, first] = await ledger().getRecent(9, jobId);
    await ledger().append([telling(jobId, 2)]);
    await ledger().append([
      { type: 'job.unresolved', jobId },
      { type: 'job.unresolved', jobId },
    ]);
    const events = await ledger().getRecent(9, jobId);
    expect(events.map(({ detail }) => detail?.['count'])).toEqual([undefined, undefined, 7, 2]);
    expect(events.at(-1)).toEqual({ ...first, reason: '2 passed', detail: { count: 2 } });
  });

  it('append() of nothing does nothing', async () => {
    await ledger().append([]);
  });

  it('append() takes hostile text', async () => {
    const jobId = `job-${randomUUID()}`;
    await ledger().append([{ type: 'job.invalid', jobId, reason: 'a\u0000\uD800', detail: { 'k\u0000': '\uDC00' } }]);
    expect((await ledger().getRecent(1, jobId))[0]).toMatchObject({
      reason: 'a\uFFFD\uFFFD',
      detail: { 'k\uFFFD': '\uFFFD' },
    });
  });

  it('getRecent() gives no more than asked, of all jobs', async () => {
    await ledger().append(Array.from({ length: 4 }, () => ({ type: 'instance.started', jobId: null }) as const));
    expect(await ledger().getRecent(3)).toHaveLength(3);
  });

  onDatabases('getRecent() leaves out what a newer version wrote', async () => {
    const jobId = `job-${randomUUID()}`;
    await database().rows(sql`insert into scheduler_event (type, job_id) values ('job.teleported', ${jobId})`);
    expect(await ledger().getRecent(3, jobId)).toEqual([]);
  });
});

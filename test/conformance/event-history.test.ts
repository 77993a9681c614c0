/** The ledger, read back. On each database. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { SchedulerEvent } from '../../src/modules/foundation/domain/event.ts';
import { PostgresEventHistory } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-history.ts';
import { PostgresEventLedger } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-ledger.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

const AT = new Date('2026-01-02T03:00:00.000Z');
const after = (minutes: number): Date => new Date(AT.getTime() + minutes * 60_000);

describeOnEveryDatabase('PostgresEventHistory', (database) => {
  const history = () => new PostgresEventHistory(database());
  const record = (...events: SchedulerEvent[]) => new PostgresEventLedger(database()).append(events);
  const reasons = (events: readonly SchedulerEvent[]) => events.map(({ reason }) => reason);

  it('list() goes down page by page, and neither repeats nor skips while events arrive', async () => {
    const jobId = `job-${randomUUID()}`;
    const event = (reason: string): SchedulerEvent => ({ type: 'run.lost', jobId, reason });
    await record(...['1', '2', '3', '4', '5'].map(event));
    const seen: (string | null | undefined)[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await history().list({ jobId, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...reasons(page.items));
      await record(event('new'));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
    await expect(history().list({ limit: 1, cursor: 'nonsense' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('list() of a time goes down page by page, within an instant too, and refuses the cursor of another order', async () => {
    const jobId = `job-${randomUUID()}`;
    // Of one statement, and most likely of one millisecond.
    await record(...['1', '2', '3', '4', '5'].map((reason): SchedulerEvent => ({ type: 'run.lost', jobId, reason })));
    const seen: (string | null | undefined)[] = [];
    const query = { jobId, limit: 2, from: new Date(0) };
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await history().list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...reasons(page.items));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
    const other = (await history().list({ jobId, limit: 2 })).nextCursor!;
    await expect(history().list({ ...query, cursor: other })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('list() filters by job, type, actor and time', async () => {
    const jobId = `job-${randomUUID()}`;
    await record(
      { type: 'job.updated', jobId, actor: 'admin', reason: 'a' },
      { type: 'job.updated', jobId, actor: 'operator', reason: 'b' },
      { type: 'job.paused', jobId, actor: 'admin', reason: 'c' },
    );
    const list = async (query: object) => reasons((await history().list({ jobId, limit: 9, ...query })).items);
    expect(await list({ type: 'job.updated' })).toEqual(['b', 'a']);
    expect(await list({ actor: 'admin' })).toEqual(['c', 'a']);
    expect(await list({ jobId: 'other' })).toEqual([]);
    expect(await list({ from: new Date(Date.now() - 60_000) })).toHaveLength(3);
    expect(await list({ to: new Date(Date.now() - 60_000) })).toEqual([]);
  });

  it('getCovering() finds what speaks of an instant: alone, or in an interval', async () => {
    const jobId = `job-${randomUUID()}`;
    const interval = { from: AT.toISOString(), to: after(10).toISOString() };
    await record(
      { type: 'occurrence.misfired', jobId, scheduledAt: AT, reason: 'interval', detail: interval },
      { type: 'occurrence.skipped', jobId, scheduledAt: after(5), reason: 'alone' },
      { type: 'occurrence.skipped', jobId: 'other', scheduledAt: after(5), reason: 'other' },
    );
    const covering = async (at: Date) => reasons(await history().getCovering(jobId, at, 9));
    expect(await covering(after(5))).toEqual(['alone', 'interval']);
    expect(await covering(after(10))).toEqual(['interval']);
    expect(await covering(after(11))).toEqual([]);
    expect(await covering(after(-1))).toEqual([]);
  });

  it('getCovering() finds what goes on from its instant', async () => {
    const jobId = `job-${randomUUID()}`;
    await record({ type: 'job.invalid', jobId, scheduledAt: AT, reason: 'invalid' });
    await record({ type: 'job.expired', jobId, scheduledAt: after(5), reason: 'expired' });
    const covering = async (at: Date) => reasons(await history().getCovering(jobId, at, 9));
    expect(await Promise.all([after(-1), after(1), after(99)].map(covering))).toEqual([
      [],
      ['invalid'],
      ['expired', 'invalid'],
    ]);
  });

  it('getAudit() gives the edits around an instant, oldest first', async () => {
    const jobId = `job-${randomUUID()}`;
    const event = (reason: string): SchedulerEvent => ({ type: 'job.updated', jobId, reason });
    await record(event('1'), event('2'), { type: 'run.lost', jobId, reason: 'no edit' }, event('3'));
    const later = new Date(Date.now() + 60_000);
    expect(reasons(await history().getAudit(jobId, later, 2))).toEqual(['2', '3']);
    expect(reasons(await history().getAudit(jobId, new Date(0), 2))).toEqual(['1', '2']);
  });

  it('getOldestAt() is when the oldest event was recorded', async () => {
    await record({ type: 'run.lost', jobId: 'a' });
    expect((await history().getOldestAt())!.getTime()).toBeLessThan(Date.now() + 60_000);
  });
});

/** What passes while nobody can run a job, over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { DatabaseBusyError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';

const MINUTE = 60_000;

async function withReplicas(edit: Partial<JobConfig>, replicas = 1) {
  const store = newStore();
  store.save('a', { cronExpression: '* * * * *', handler: 'missing', ...edit });
  const engines = Array.from({ length: replicas }, () => createEngine({ store, jobs: { present: () => 1 } }));
  for (const engine of engines) await engine.start();
  const told = () => store.events.filter(({ jobId }) => jobId === 'a');
  return { store, engines, time: store.time, told };
}

describe('UnclaimedTeller', () => {
  it('tells once of a job whose function nobody has, and again ten minutes later what has passed by then', async () => {
    const { time, told, engines } = await withReplicas({}, 3);
    await time.advance(MINUTE);
    expect(told()).toEqual([]);
    await time.advance(2 * MINUTE);
    expect(told()).toMatchObject([
      {
        type: 'job.unresolved',
        scheduledAt: new Date('2026-01-02T12:00:00Z'),
        reason: expect.stringContaining("'missing'"),
        detail: { cause: 'unresolved', handler: 'missing', from: '2026-01-02T12:00:00.000Z' },
      },
    ]);
    await time.advance(30 * MINUTE);
    expect(told()).toHaveLength(1);
    expect(told()[0]!.detail?.['count']).toBeGreaterThan(20);
    for (const { link } of engines) expect(link.countOf('unclaimed.tell')).toBeLessThan(6);
  });

  it('an instance that has the function comes: it runs what its policy says, and no more is told', async () => {
    const { store, time, told } = await withReplicas({});
    await time.advance(5 * MINUTE);
    const job = recordingJob();
    await createEngine({ store, jobs: { missing: job } }).start();
    await time.advance(20 * MINUTE);
    expect(job.calls[0]).toBe('2026-01-02T12:04:00.000Z');
    expect(told().map(({ type }) => type)).toEqual(['job.unresolved', 'occurrence.misfired']);
  });

  it('tells nothing of what another instance runs, nor of what is paused, disabled or has ended', async () => {
    const { store, time } = await withReplicas({});
    await createEngine({ store, jobs: { missing: () => 1 } }).start();
    const end = new Date('2026-01-02T11:00:00Z');
    store.save('paused', { cronExpression: '* * * * *', handler: 'nobody', pausedAt: new Date(0) });
    store.save('disabled', { cronExpression: '* * * * *', handler: 'nobody', enabled: false });
    store.save('ended', { cronExpression: '* * * * *', handler: 'nobody', endAt: end });
    await time.advance(20 * MINUTE);
    expect(store.events.filter(({ type }) => type === 'job.unresolved')).toEqual([]);
  });

  it('tells once of a row that cannot be scheduled, and anew once it is edited', async () => {
    const { store, time, told } = await withReplicas({ handler: 'present', timezone: 'Mars/Olympus' }, 2);
    await time.advance(30 * MINUTE);
    expect(told()).toMatchObject([
      { type: 'job.invalid', reason: expect.stringContaining('Mars/Olympus'), detail: { cause: 'invalid' } },
    ]);
    store.save('a', { timezone: 'Venus/Maxwell' });
    await time.advance(5 * MINUTE);
    expect(told().map(({ type }) => type)).toEqual(['job.invalid', 'occurrence.skipped', 'job.invalid']);
  });

  it.each([
    { what: 'refuses', error: new Error('refused') },
    { what: 'waits for whoever holds an event', error: new DatabaseBusyError('refused') },
  ])('a ledger that $what is named, and harms nothing else', async ({ error }) => {
    const { store, time, engines, told } = await withReplicas({});
    engines[0]!.link.failNext('unclaimed.tell', error);
    store.save('b', { cronExpression: '* * * * *', handler: 'present' });
    await time.advance(5 * MINUTE);
    expect(store.runsOf('b')).toHaveLength(5);
    expect(told()).toHaveLength(1);
    expect(engines[0]!.logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { properties: { reason: expect.stringContaining('refused') } },
    ]);
  });
});

/** The loop against a database that goes away, loses answers and refuses statements. */
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { settle } from '../../../../support/manual-time.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const NOON = '2026-01-02T12:00:00.000Z';

async function withJob(edit: Partial<JobConfig> = {}) {
  const store = newStore();
  const job = recordingJob();
  store.save('a', { cronExpression: '* * * * *', ...edit });
  const engine = createEngine({ store, jobs: { a: job, b: job } });
  await engine.start();
  return { store, job, engine, time: store.time };
}

describe('SchedulingLoop with a database at fault', () => {
  it('starts nothing while it is away, and catches up once when it is back', async () => {
    const { store, job, engine, time } = await withJob({ outagePolicy: 'hold' });
    await time.advance(2 * SECOND);
    store.isAway = true;
    await time.advance(10 * MINUTE);
    expect(job.calls).toEqual([]);
    expect(engine.wired.supervisor.isUp).toBe(false);
    store.isAway = false;
    await time.advance(2 * SECOND);
    expect(job.calls).toEqual(['2026-01-02T12:10:00.000Z']);
    expect(store.events.filter((event) => event.type === 'occurrence.misfired')).toMatchObject([
      { jobId: 'a', detail: { count: 10, from: NOON, to: '2026-01-02T12:09:00.000Z' } },
    ]);
    await time.advance(5 * MINUTE);
    expect(job.calls).toHaveLength(6);
  });

  it('asks an absent database about once a second, and logs its going and coming once', async () => {
    const { store, engine, time } = await withJob();
    store.isAway = true;
    await time.advance(10 * MINUTE);
    expect(engine.link.countOf('instances.renew')).toBeLessThan(620);
    expect(engine.link.countOf('claims.claim')).toBeLessThan(5);
    const before = engine.logger.lines.filter(({ level }) => level === 'error').length;
    expect(before).toBeLessThan(25);
    store.isAway = false;
    await time.advance(2 * SECOND);
    expect(engine.logger.lines.filter(({ message }) => message.startsWith('The database is back'))).toHaveLength(1);
    expect(engine.logger.lines.filter(({ message }) => message.startsWith('The database cannot'))).toHaveLength(1);
  });

  it('the answer to a claim lost: the run is started, and once', async () => {
    const { store, job, engine, time } = await withJob();
    engine.link.loseAnswer('claims.claim');
    await time.advance(3 * SECOND);
    expect(store.runsOf('a')).toHaveLength(1);
    await time.advance(5 * SECOND);
    expect(job.calls).toEqual([NOON]);
    expect(store.runsOf('a')).toMatchObject([{ status: 'SUCCESS', attempt: 1 }]);
    await time.advance(2 * MINUTE);
    expect(job.calls).toHaveLength(3);
  });

  it('a claim that takes effect long after it was given up is found all the same', async () => {
    const { store, job, engine, time } = await withJob();
    engine.link.loseAnswer('claims.claim');
    engine.link.failNext('claims.getClaimed', new Error('asked too early'));
    await time.advance(20 * SECOND);
    expect(job.calls).toEqual([NOON]);
    expect(store.runsOf('a')).toHaveLength(1);
  });

  it('the answer lost, and what was claimed asked for in vain at first: started once it shows', async () => {
    const { store, job, engine, time } = await withJob();
    const letGo = engine.link.holdNext('claims.claim');
    await time.advance(4 * SECOND);
    expect(job.calls).toEqual([]);
    letGo();
    await time.advance(SECOND);
    expect(job.calls).toEqual([NOON]);
    expect(store.runsOf('a')).toHaveLength(1);
  });

  it('an answer that comes after the lease has ended starts nothing that another has rescued', async () => {
    const { store, job, engine, time } = await withJob();
    const letGo = engine.link.holdAnswer('claims.claim');
    await time.advance(3 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'RUNNING' }]);
    engine.link.isAway = true;
    await time.advance(20 * SECOND);
    const other = createEngine({ store, jobs: { a: job } });
    await other.start();
    await time.advance(6 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'FAILED', failureReason: 'LOST' }]);
    letGo();
    engine.link.isAway = false;
    await time.advance(10 * SECOND);
    expect(job.calls).toEqual([]);
    await time.advance(MINUTE);
    expect(job.calls).toEqual(['2026-01-02T12:01:00.000Z']);
  });

  it('a run claimed at the second try of a refused batch is not asked for any more', async () => {
    const { store, job, engine, time } = await withJob({ cronExpression: '0 12 * * *' });
    store.save('b', { cronExpression: '0 12 * * *' });
    engine.link.failNext('claims.claim', new Error('refused as a batch'));
    for (let times = 0; times < 4; times += 1) engine.link.failNext('executions.update', new Error('refused'));
    await time.advance(4 * SECOND);
    expect(job.calls).toEqual([NOON, NOON]);
    expect([...store.executions.values()].map((run) => run.status)).toEqual(['RUNNING', 'RUNNING']);
    await time.advance(MINUTE);
    expect(job.calls).toHaveLength(2);
    expect([...store.executions.values()].map((run) => run.status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('starts nothing without a lease, and goes on as soon as it is renewed', async () => {
    const { store, job, engine, time } = await withJob();
    engine.link.failNext('instances.renew', new Error('refused'));
    engine.wired.lease.doubt();
    await settle();
    expect(engine.wired.lease.isHeld).toBe(false);
    await time.advance(5 * SECOND);
    expect(job.calls).toEqual([NOON]);
    expect(store.runsOf('a')[0]!.startedAt.getTime() - Date.parse(NOON)).toBeLessThanOrEqual(0);
  });

  it('an entry comes back to the queue when reading its cursor again fails', async () => {
    const { store, job, engine, time } = await withJob();
    await time.advance(2 * SECOND);
    store.clockOffsetMs = -300;
    engine.link.failNext('claims.getCursors', new Error('refused'));
    await time.advance(5 * SECOND);
    expect(job.calls).toEqual([NOON]);
  });

  it('one fire that the database refuses holds up no other of its batch', async () => {
    const { store, job, engine, time } = await withJob({ cronExpression: '0 12 * * *' });
    store.save('b', { cronExpression: '0 12 * * *' });
    const { claims } = engine.wired;
    const claim = claims.claim.bind(claims);
    claims.claim = async (instanceId, fires) => {
      if (fires.some(({ config }) => config.jobId === 'b')) throw new Error('b has a NUL character');
      return claim(instanceId, fires);
    };
    await time.advance(10 * SECOND);
    expect(store.runsOf('a')).toHaveLength(1);
    expect(store.runsOf('b')).toHaveLength(0);
    const refused = engine.logger.lines.filter(({ message }) => message.startsWith('A due job could not be claimed'));
    expect(refused).toMatchObject([{ level: 'error', properties: { jobId: 'b' } }]);
    claims.claim = claim;
    await time.advance(MINUTE);
    expect(store.runsOf('b')).toHaveLength(1);
    expect(job.calls).toHaveLength(2);
  });

  it('one job that cannot be planned holds up no other', async () => {
    const { store, engine, time } = await withJob({ cronExpression: '0 12 * * *' });
    store.save('b', { cronExpression: '0 12 * * *' });
    await time.advance(SECOND);
    const { directory } = engine.wired;
    const { job, dueAt } = directory.get('b')!;
    const { config, handler, schedule } = job;
    const broken = { ...schedule, next: () => raise(new Error('no next')) };
    directory.put(new ArmedJob({ config, handler, schedule: broken, isPersisted: true }), dueAt);
    await time.advance(10 * SECOND);
    expect(store.runsOf('a')).toHaveLength(1);
    expect(engine.logger.lines.some(({ properties }) => properties['reason'] === 'no next')).toBe(true);
  });

  it('sweep() finds a cursor that the directory lost sight of', async () => {
    const { store, job, engine, time } = await withJob({ cronExpression: '0 0 1 1 *' });
    await time.advance(SECOND);
    store.setCursor('a', new Date('2026-01-02T11:59:50Z'));
    await time.advance(65 * SECOND);
    expect(job.calls).toHaveLength(1);
    store.setCursor('a', new Date(store.now() - 5 * SECOND));
    await engine.wired.loop.sweep();
    await time.advance(10);
    expect(job.calls).toHaveLength(2);
  });
});

function raise(error: Error): never {
  throw error;
}

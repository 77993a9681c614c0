/** A run that was claimed ahead, is to be given back, and whose record somebody holds: it holds up itself alone. */
import { expect, it } from 'vitest';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { claimedHerd, HERD } from '../../../../support/herd-scene.ts';

const SECOND = 1_000;

it('AheadRuns starts what is due on time beside one that cannot be given back, and asks for that one once a second', async () => {
  const store = newStore();
  const lateMs: number[] = [];
  const work = (_kwargs: unknown, { scheduledAt }: { scheduledAt: Date }): void =>
    void lateMs.push(store.now() - scheduledAt.getTime());
  for (let at = 0; at < 30; at += 1) store.save(`job-${at}`, { cronExpression: '*/10 * * * * *', handler: 'work' });
  const engine = createEngine({ store, jobs: { work } });
  await engine.start();
  while (engine.wired.held.size < 30) await store.time.advance(10);
  const [run] = store.runsOf('job-7');
  store.held.records.add(run!.id);
  store.save('job-7', { cronExpression: '0 0 1 1 *' });
  while (engine.wired.held.doomed.length === 0) await store.time.advance(10);
  lateMs.length = 0;
  const asked = engine.link.countOf('ahead.giveBack');
  await store.time.advance(30 * SECOND);
  expect(engine.wired.held.doomed.map((held) => held.run.jobId)).toEqual(['job-7']);
  expect(lateMs.length).toBeGreaterThanOrEqual(2 * 29);
  expect(Math.max(...lateMs)).toBeLessThan(100);
  expect(engine.link.countOf('ahead.giveBack') - asked).toBeLessThanOrEqual(31);
  store.held.records.clear();
  await store.time.advance(2 * SECOND);
  expect(engine.wired.held.doomed).toEqual([]);
});

it('AheadRuns goes on giving back while it is stopped and its runs drain, so that another starts them', async () => {
  const { store, engine, calls, time } = await claimedHerd();
  const others = recordingJob();
  await createEngine({ store, jobs: { work: others } }).start();
  const [run] = store.runsOf('job-7');
  store.held.records.add(run!.id);
  engine.link.failNext('ahead.giveBack', new Error('The connection was reset.'));
  await engine.wired.loop.stop();
  expect(engine.wired.held.doomed).toHaveLength(HERD);
  await time.advance(2 * SECOND);
  expect([calls.length, others.calls.length]).toEqual([0, HERD - 1]);
  store.held.records.clear();
  await time.advance(2 * SECOND);
  expect([calls.length, others.calls.length]).toEqual([0, HERD]);
  expect(engine.wired.held.size).toBe(0);
  const asked = engine.link.countOf('ahead.giveBack');
  await time.advance(10 * SECOND);
  expect(engine.link.countOf('ahead.giveBack')).toBe(asked);
});

it('AheadRuns asks no more once the lease has ended, though the database is away and nothing was given back', async () => {
  const { store, engine, time } = await claimedHerd();
  store.isAway = true;
  await engine.wired.loop.stop();
  await time.advance(3 * SECOND);
  engine.wired.lease.end();
  const asked = engine.link.countOf('ahead.giveBack');
  await time.advance(60 * SECOND);
  expect(engine.link.countOf('ahead.giveBack')).toBe(asked);
  expect(engine.wired.held.doomed).toHaveLength(HERD);
});

it('a whole stop with the database away ends the lease here, and nothing is asked after it', async () => {
  const { store, engine, time } = await claimedHerd();
  store.isAway = true;
  await time.advance(10 * SECOND);
  await engine.stop();
  expect(engine.wired.lease.isEnded).toBe(true);
  await time.advance(SECOND);
  const asked = engine.link.countOf('ahead.giveBack');
  await time.advance(60 * SECOND);
  expect(engine.link.countOf('ahead.giveBack')).toBe(asked);
});

it('AheadRuns confirms nothing that was claimed before the row of its instance was lost', async () => {
  const { store, engine, calls, time } = await claimedHerd({}, { aliveForMs: 12_500 });
  const { lease } = engine.wired;
  expect(lease.renewals).toBeGreaterThan(1);
  const late = [...store.executions.values()];
  store.instances.delete(lease.instanceId);
  store.leases.delete(lease.instanceId);
  await lease.renew();
  expect(lease.renewals).toBe(1);
  await time.advance(SECOND);
  expect(late.map(({ id }) => store.executions.get(id)?.status).filter((status) => status === 'SUCCESS')).toEqual([]);
  await time.advance(3 * SECOND);
  expect(calls).toHaveLength(HERD);
});

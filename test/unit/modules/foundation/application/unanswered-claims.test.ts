import { describe, expect, it } from 'vitest';
import { UnansweredClaims } from '../../../../../src/modules/foundation/application/unanswered-claims.ts';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

function setUp() {
  const store = newStore();
  const { wired, link } = createEngine({ store });
  const lease = { renewals: 7 };
  const unanswered = new UnansweredClaims({ claims: wired.claims, clock: store.time, lease });
  const config = jobConfig('a');
  const at = new Date(store.now());
  const record = (id: string) =>
    wired.executions.create({
      ...{
        id,
        jobId: id,
        scheduledAt: at,
        startedAt: at,
        attempt: 1,
        maxAttempts: 1,
        trigger: 'schedule',
        jobKwargs: {},
      },
      instanceId: wired.instance.id,
    });
  const settle = async (mayStart = true) => {
    const asked: string[] = [];
    await unanswered.settle(wired.instance.id, ({ run }) => mayStart && asked.push(run.id) > 0);
    return asked;
  };
  return {
    unanswered,
    lease,
    add: (runId: string, plannedAt = store.now()) =>
      unanswered.add([{ runId, scheduledAt: at, config, dueAt: at, nextFireAt: null, plannedAt, renewals: 7 }]),
    at,
    record,
    settle,
    link,
    instanceId: wired.instance.id,
    time: store.time,
  };
}

describe('UnansweredClaims', () => {
  it('asks nothing where nothing is unanswered', async () => {
    const { unanswered, settle, link } = setUp();
    expect([unanswered.askInMs, await settle(), link.countOf('claims.getClaimed')]).toEqual([null, [], 0]);
  });

  it('gives a run that was claimed after all, once', async () => {
    const { add, record, settle, time } = setUp();
    add('x');
    add('y');
    await record('x');
    expect(await settle()).toEqual(['x']);
    await time.advance(1_000);
    expect(await settle()).toEqual([]);
  });

  it('asks again every second, until the database refuses what is still on its way and what it began has ended', async () => {
    const { unanswered, lease, add, record, settle, link, time } = setUp();
    add('late');
    add('never');
    expect(unanswered.askInMs).toBe(0);
    await settle();
    expect(unanswered.askInMs).toBe(1_000);
    await settle();
    expect(link.countOf('claims.getClaimed')).toBe(1);
    for (let times = 0; times < 600; times += 1, await time.advance(1_000)) expect(await settle()).toEqual([]);
    lease.renewals += 2;
    const before = link.countOf('claims.getClaimed');
    for (let times = 0; times < 20; times += 1, await time.advance(1_000)) expect(await settle()).toEqual([]);
    await record('late');
    expect(await settle()).toEqual(['late']);
    expect(link.countOf('claims.getClaimed') - before).toBe(21);
    expect(unanswered.askInMs).toBeNull();
  });

  it('what became final while the question was under way is asked about once more', async () => {
    const { unanswered, lease, add, record, settle, link, time } = setUp();
    add('x');
    lease.renewals += 2;
    await settle();
    await time.advance(19_999);
    const letGo = link.holdAnswer('claims.getClaimed');
    const asked = settle();
    await time.advance(1);
    await record('x');
    letGo();
    await asked;
    expect(unanswered.askInMs).not.toBeNull();
    await time.advance(1_000);
    expect(await settle()).toEqual(['x']);
  });

  it('what would overlap is asked about until it would not, however long that is', async () => {
    const { add, lease, record, settle, time } = setUp();
    add('x');
    await record('x');
    lease.renewals += 2;
    for (let times = 0; times < 60; times += 1, await time.advance(1_000)) expect(await settle(false)).toEqual([]);
    expect(await settle()).toEqual(['x']);
  });

  it('asks of each whether it starts after those before it have started', async () => {
    const { unanswered, add, record, settle, time, instanceId } = setUp();
    for (const runId of ['x', 'y']) {
      add(runId);
      await record(runId);
    }
    let room = 1;
    await unanswered.settle(instanceId, () => (room -= 1) >= 0);
    await time.advance(1_000);
    expect(await settle()).toHaveLength(1);
  });

  it('forgets nothing where the database is away', async () => {
    const { add, record, settle, link, time } = setUp();
    add('x');
    await record('x');
    link.failNext('claims.getClaimed', new DatabaseUnavailableError('away'));
    await expect(settle()).rejects.toThrow('away');
    await time.advance(1_000);
    expect(await settle()).toEqual(['x']);
  });

  it('plannedAt() says by which clock an occurrence was claimed last, until somebody runs it', () => {
    const { unanswered, add, at } = setUp();
    add('x', 1);
    add('y', 2);
    expect(unanswered.plannedAt('b', at.getTime())).toBeNull();
    expect(unanswered.plannedAt('a', at.getTime() + 1)).toBeNull();
    expect(unanswered.plannedAt('a', at.getTime())).toBe(2);
    for (const runId of ['x', 'y']) expect(unanswered.take('a', at)).toBe(runId);
    expect(unanswered.plannedAt('a', at.getTime())).toBeNull();
  });

  it('forget() takes a run out that was answered after all', async () => {
    const { unanswered, add, record, settle } = setUp();
    add('x');
    await record('x');
    unanswered.forget('x');
    expect(await settle()).toEqual([]);
  });
});

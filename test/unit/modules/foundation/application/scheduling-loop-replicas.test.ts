/** Several loops over one database: who starts what, and what becomes of the work of one that dies. */
import { describe, expect, it } from 'vitest';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

describe('SchedulingLoop with replicas', () => {
  it('no two of them start the same occurrence', async () => {
    const store = newStore();
    const job = recordingJob();
    for (let at = 0; at < 10; at += 1) store.save(`job-${at}`, { cronExpression: '*/10 * * * * *', handler: 'work' });
    const engines = [1, 2, 3].map(() => createEngine({ store, jobs: { work: job } }));
    for (const [at, engine] of engines.entries()) {
      await engine.start();
      engine.link.latencyMs = at * 3;
    }
    await store.time.advance(10 * MINUTE);
    const runs = [...store.executions.values()];
    const keys = runs.map((run) => `${run.jobId}@${run.scheduledAt.toISOString()}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(job.calls).toHaveLength(runs.length);
    expect(runs).toHaveLength(10 * 60);
    expect(runs.every((run) => run.status === 'SUCCESS')).toBe(true);
  });

  it('a replica without the function leaves the job to one that has it', async () => {
    const store = newStore();
    const job = recordingJob();
    store.save('a', { cronExpression: '* * * * *' });
    const [without, having] = [createEngine({ store }), createEngine({ store, jobs: { a: job } })];
    await without.start();
    await having.start();
    await store.time.advance(5 * MINUTE);
    expect(job.calls).toHaveLength(5);
    expect(without.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('killed: its run is LOST, and the others go on with the next occurrence', async () => {
    const store = newStore();
    const job = recordingJob();
    store.save('a', { cronExpression: '* * * * *' });
    const dying = createEngine({ store, jobs: { a: () => new Promise(() => {}) } });
    await dying.start();
    await store.time.advance(4 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'RUNNING' }]);
    dying.kill();
    const heir = createEngine({ store, jobs: { a: job } });
    await heir.start();
    await store.time.advance(30 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'FAILED', failureReason: 'LOST' }]);
    await store.time.advance(2 * MINUTE);
    expect(job.calls).toEqual(['2026-01-02T12:01:00.000Z', '2026-01-02T12:02:00.000Z']);
  });

  it('killed, and its job retries lost runs: tried again at once by another, with the same key', async () => {
    const store = newStore();
    const job = recordingJob();
    store.save('a', { cronExpression: '0 12 * * *', onLost: 'retry' });
    const dying = createEngine({ store, jobs: { a: () => new Promise(() => {}) } });
    await dying.start();
    await store.time.advance(4 * SECOND);
    dying.kill();
    await createEngine({ store, jobs: { a: job } }).start();
    await store.time.advance(30 * SECOND);
    expect(job.calls).toEqual(['2026-01-02T12:00:00.000Z']);
    expect(store.runsOf('a')).toMatchObject([
      { status: 'FAILED', failureReason: 'LOST', attempt: 1 },
      { status: 'SUCCESS', attempt: 2, maxAttempts: 2, trigger: 'retry' },
    ]);
  });

  it('each that starts a run is killed by it: its job retries lost runs, and twice is the most', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '0 12 * * *', onLost: 'retry' });
    for (let at = 0; at < 4; at += 1) {
      const engine = createEngine({ store, jobs: { a: () => (engine.kill(), new Promise(() => {})) } });
      await engine.start();
    }
    await store.time.advance(2 * MINUTE);
    expect(store.runsOf('a').map((run) => run.failureReason)).toEqual(['LOST', 'LOST']);
    expect(store.pending.size).toBe(0);
  });

  it('one that is cut off starts nothing, and its outcomes are fenced', async () => {
    const store = newStore();
    const calls: string[] = [];
    store.save('a', { cronExpression: '* * * * *' });
    const cut = createEngine({ store, jobs: { a: () => store.time.pass(40 * SECOND).then(() => calls.push('cut')) } });
    await cut.start();
    await store.time.advance(4 * SECOND);
    cut.link.isAway = true;
    const other = createEngine({ store, jobs: { a: () => void calls.push('other') } });
    await other.start();
    await store.time.advance(MINUTE);
    expect(calls).toEqual(['cut', 'other']);
    cut.link.isAway = false;
    await store.time.advance(10 * SECOND);
    expect(store.runsOf('a')).toMatchObject([{ status: 'FAILED', failureReason: 'LOST' }, { status: 'SUCCESS' }]);
    expect(cut.logger.lines.some(({ message }) => message.includes('recorded as lost'))).toBe(true);
  });

  it('an edit at the instant that is due: the old occurrence or none, never both', async () => {
    for (const editAfterMs of [2_990, 2_999, 3_000, 3_001, 3_010]) {
      const store = newStore();
      const job = recordingJob();
      store.save('a', { cronExpression: '0 12 * * *' });
      const engines = [createEngine({ store, jobs: { a: job } }), createEngine({ store, jobs: { a: job } })];
      for (const engine of engines) {
        await engine.start();
        engine.link.latencyMs = 8;
      }
      await store.time.advance(editAfterMs);
      store.save('a', { cronExpression: '1 12 * * *' });
      await store.time.advance(2 * MINUTE);
      expect(job.calls.filter((at) => at.endsWith('12:01:00.000Z'))).toHaveLength(1);
      expect(new Set(job.calls).size).toBe(job.calls.length);
      expect(job.calls.length).toBeLessThanOrEqual(2);
    }
  });
});

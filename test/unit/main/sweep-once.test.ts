/** One sweep where no process lives on, in virtual time; and sweeps beside a replica with timers. */
import { describe, expect, it } from 'vitest';
import { armOnce, sweepOnce, type SweepOptions } from '../../../src/main/sweep-once.ts';
import { createEngine, type Engine, newStore, recordingJob } from '../../support/engine.ts';
import type { InMemoryStore } from '../../support/in-memory-store.ts';
import type { JobFunction } from '../../../src/modules/foundation/domain/job-definition.ts';
import { settle } from '../../support/manual-time.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const IN_A_WORKER = { claimForMs: 45 * SECOND, runForMs: 10 * MINUTE };

/** Each sweep is an instance of its own, as each invocation is. */
function sweeper(store: InMemoryStore, jobs: Readonly<Record<string, JobFunction>>) {
  const engines: Engine[] = [];
  const sweep = (options: Partial<SweepOptions> = {}) => {
    const engine = createEngine({ store, jobs });
    engines.push(engine);
    return sweepOnce(engine.container, { registry: engine.registry, ...IN_A_WORKER, ...options });
  };
  return { sweep, engines };
}

function statesOf(store: InMemoryStore, jobId: string): string[] {
  return store.runsOf(jobId).map(({ status, failureReason }) => failureReason ?? status);
}

describe('sweepOnce()', () => {
  it('arms what is new, runs what became due meanwhile, records it, and gives its lease back', async () => {
    const store = newStore();
    const job = recordingJob();
    const { sweep } = sweeper(store, { a: job });
    store.save('a', { cronExpression: '* * * * *' });
    expect(await sweep()).toEqual({ isUp: true, started: 0 });
    await store.time.advance(4 * SECOND);
    expect(await sweep()).toEqual({ isUp: true, started: 1 });
    expect(job.calls).toEqual(['2026-01-02T12:00:00.000Z']);
    expect(statesOf(store, 'a')).toEqual(['SUCCESS']);
    expect([...store.instances.values()].filter(({ expiresAt }) => expiresAt.getTime() > store.now())).toEqual([]);
    expect(store.time.timerCount).toBe(0);
  });

  it('reads no configuration but those that are due or new', async () => {
    const store = newStore();
    const { sweep, engines } = sweeper(store, { a: recordingJob() });
    for (const hour of [1, 2, 3]) store.save(`at-${hour}`, { cronExpression: `0 ${hour} * * *`, handler: 'a' });
    await sweep();
    store.save('a', { cronExpression: '* * * * *' });
    await sweep();
    expect([...engines[1]!.wired.directory.jobIds]).toEqual(['a']);
  });

  it('of what came since the last sweep runs one by misfire policy once, each by all, none by skip', async () => {
    const store = newStore();
    const [once, all, skip] = [recordingJob(), recordingJob(), recordingJob()];
    const { sweep } = sweeper(store, { once, all, skip });
    for (const misfirePolicy of ['once', 'all', 'skip'] as const) {
      store.save(misfirePolicy, { cronExpression: '*/15 * * * * *', misfirePolicy });
    }
    await sweep();
    await store.time.advance(MINUTE + 15 * SECOND);
    await sweep();
    expect(once.calls).toEqual(['2026-01-02T12:01:00.000Z']);
    expect(all.calls.map((at) => at.slice(14, 19))).toEqual(['00:00', '00:15', '00:30', '00:45', '01:00']);
    expect(skip.calls).toEqual([]);
    expect(store.events.map(({ jobId, type, detail }) => [jobId, type, detail?.['count']])).toEqual(
      expect.arrayContaining([
        ['once', 'occurrence.misfired', 4],
        ['skip', 'occurrence.misfired', 5],
      ]),
    );
  });

  it('starts no run that would overlap one of another sweep that goes on', async () => {
    const store = newStore();
    const job: JobFunction = () => store.time.pass(90 * SECOND);
    const { sweep } = sweeper(store, { a: job });
    store.save('a', { cronExpression: '* * * * *' });
    await sweep();
    await store.time.advance(4 * SECOND);
    const first = sweep();
    await store.time.advance(MINUTE);
    expect(await sweep()).toMatchObject({ started: 0 });
    expect(store.events.at(-1)).toMatchObject({ type: 'occurrence.skipped', jobId: 'a' });
    await store.time.advance(MINUTE);
    await first;
    expect(statesOf(store, 'a')).toEqual(['SUCCESS']);
  });

  it('starts what waits: a manual run, and a retry at the sweep after its backoff', async () => {
    const store = newStore();
    let calls = 0;
    const flaky: JobFunction = () => {
      calls += 1;
      if (calls === 1) throw new Error('the first one fails');
    };
    const { sweep } = sweeper(store, { a: flaky });
    store.save('a', { cronExpression: '0 0 1 1 *', maxAttempts: 2, retryBackoffMs: 20 * SECOND });
    store.trigger('a', 'by-hand');
    await sweep();
    expect(statesOf(store, 'a')).toEqual(['ERROR']);
    await store.time.advance(MINUTE);
    await sweep();
    expect(statesOf(store, 'a')).toEqual(['ERROR', 'SUCCESS']);
  });

  it('two at once start each occurrence once between them', async () => {
    const store = newStore();
    const job = recordingJob();
    const { sweep } = sweeper(store, { work: job });
    for (let at = 0; at < 20; at += 1) store.save(`job-${at}`, { cronExpression: '0 12 * * *', handler: 'work' });
    await sweep();
    await store.time.advance(4 * SECOND);
    const reports = await Promise.all([sweep(), sweep(), sweep()]);
    expect(reports.reduce((sum, { started }) => sum + started, 0)).toBe(20);
    expect(job.calls).toHaveLength(20);
  });

  it('claims nothing more when its time is over, and aborts what then outlasts the rest of it', async () => {
    const store = newStore();
    const { sweep } = sweeper(store, { a: () => new Promise(() => {}), b: recordingJob() });
    store.save('a', { cronExpression: '0 12 * * *' });
    await sweep();
    await store.time.advance(4 * SECOND);
    const sweeping = sweep({ claimForMs: 5 * SECOND, runForMs: 0 });
    await store.time.advance(5 * SECOND);
    expect(await sweeping).toEqual({ isUp: true, started: 1 });
    expect(statesOf(store, 'a')).toEqual(['CANCELLED']);
  });

  it('does nothing while the database is away, and the next one does it', async () => {
    const store = newStore();
    const job = recordingJob();
    const { sweep } = sweeper(store, { a: job });
    store.save('a', { cronExpression: '* * * * *' });
    await sweep();
    await store.time.advance(4 * SECOND);
    store.isAway = true;
    expect(await sweep()).toEqual({ isUp: false, started: 0 });
    store.isAway = false;
    await sweep();
    expect(job.calls).toHaveLength(1);
  });

  it('leaves a job whose function is not among its own to a replica', async () => {
    const store = newStore();
    const job = recordingJob();
    store.save('a', { cronExpression: '* * * * *' });
    const replica = createEngine({ store, jobs: { a: job } });
    const engine = createEngine({ store, jobs: { a: job } });
    await armOnce(createEngine({ store }).container, engine.registry);
    const registry = new Map();
    store.trigger('a', 'by-hand');
    await store.time.advance(4 * SECOND);
    expect(await sweepOnce(engine.container, { registry, ...IN_A_WORKER })).toEqual({ isUp: true, started: 0 });
    await replica.start();
    await store.time.advance(SECOND);
    expect(statesOf(store, 'a')).toEqual(['SUCCESS', 'SUCCESS']);
    await replica.stop();
  });

  it('and a replica with timers start nothing that the other started', async () => {
    const store = newStore();
    const [job, swept] = [recordingJob(), recordingJob()];
    store.save('a', { cronExpression: '*/10 * * * * *' });
    const replica = createEngine({ store, jobs: { a: job } });
    await replica.start();
    replica.link.latencyMs = 40;
    const { sweep } = sweeper(store, { a: swept });
    for (let at = 0; at < 30; at += 1) {
      await store.time.advance(7 * SECOND);
      const sweeping = sweep();
      await store.time.advance(SECOND);
      await settle();
      await sweeping;
    }
    const stopping = replica.stop();
    await store.time.advance(SECOND);
    await stopping;
    const keys = store.runsOf('a').map(({ scheduledAt }) => scheduledAt.getTime());
    expect(new Set(keys).size).toBe(keys.length);
    expect(job.calls.length + swept.calls.length).toBe(keys.length);
    expect(keys).toHaveLength(24);
  });
});

describe('armOnce()', () => {
  it('sets the cursor of a new job at once, so that the next sweep runs what came before it', async () => {
    const store = newStore();
    const job = recordingJob();
    const engine = createEngine({ store, jobs: { a: job } });
    store.save('a', { cronExpression: '* * * * *' });
    await armOnce(engine.container, engine.registry);
    await store.time.advance(30 * SECOND);
    await sweeper(store, { a: job }).sweep();
    expect(job.calls).toEqual(['2026-01-02T12:00:00.000Z']);
  });
});

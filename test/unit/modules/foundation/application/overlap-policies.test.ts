/** Jobs whose runs last longer than their schedule's step, over whole engines in virtual time. */
import { describe, expect, it } from 'vitest';
import type { JobConfig, OverlapPolicy } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, type Engine, newStore } from '../../../../support/engine.ts';
import type { InMemoryStore } from '../../../../support/in-memory-store.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const minutesOf = (instants: readonly Date[]) => instants.map((at) => at.toISOString().slice(11, 16));

/** Lasts so long, and counts how many of it go on at once. */
function lastingJob(store: InMemoryStore, lastsMs: number) {
  const seen = { now: 0, most: 0 };
  const run: JobFunction = async (_kwargs, { signal }) => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([store.time.pass(lastsMs), aborted]);
    seen.now -= 1;
  };
  return { run, seen };
}

async function withLasting(overlapPolicy: OverlapPolicy, edit: Partial<JobConfig> = {}, replicas = 1) {
  const store = newStore();
  const job = lastingJob(store, 150 * SECOND);
  store.save('a', { cronExpression: '* * * * *', overlapPolicy, ...edit });
  const engines: Engine[] = [];
  for (let at = 0; at < replicas; at += 1) {
    const engine = createEngine({ store, jobs: { a: job.run } });
    await engine.start();
    engines.push(engine);
  }
  return { store, engines, seen: job.seen, time: store.time };
}

/** Every occurrence that was due: started, waiting, or named by an event. */
function accountedFor(store: InMemoryStore): string[] {
  const skipped = store.events
    .filter(({ type }) => type === 'occurrence.skipped')
    .map(({ scheduledAt }) => scheduledAt!);
  const others = [...store.runsOf('a'), ...store.pending.values()].map(({ scheduledAt }) => scheduledAt);
  return minutesOf([...skipped, ...others]).toSorted();
}

describe('a job whose runs overlap', () => {
  it('queueOne: the one that waits starts as soon as the run before it has ended', async () => {
    const { store, seen, time } = await withLasting('queueOne');
    await time.advance(6 * MINUTE);
    const runs = store.runsOf('a');
    expect(minutesOf(runs.map(({ scheduledAt }) => scheduledAt))).toEqual(['12:00', '12:01', '12:03']);
    expect(runs[1]!.startedAt.getTime() - runs[0]!.finishedAt!.getTime()).toBeLessThanOrEqual(10);
    expect(runs.map(({ trigger }) => trigger)).toEqual(['schedule', 'schedule', 'schedule']);
    expect(seen.most).toBe(1);
    expect(accountedFor(store)).toEqual(['12:00', '12:01', '12:02', '12:03', '12:04', '12:05']);
  });

  it('queueAll: each is run, in the order they were due', async () => {
    const { store, seen, time } = await withLasting('queueAll', { endAt: new Date('2026-01-02T12:05:00Z') });
    await time.advance(6 * MINUTE);
    expect(store.pending.size).toBe(3);
    await time.advance(20 * MINUTE);
    expect(minutesOf(store.runsOf('a').map(({ scheduledAt }) => scheduledAt))).toEqual([
      ...['12:00', '12:01', '12:02', '12:03', '12:04', '12:05'],
    ]);
    expect(store.runsOf('a').every(({ status }) => status === 'SUCCESS')).toBe(true);
    expect(seen.most).toBe(1);
  });

  it('cancelPrevious: the newest runs, the one before it is cancelled', async () => {
    const { store, seen, time } = await withLasting('cancelPrevious', { maxAttempts: 3 });
    await time.advance(4 * MINUTE);
    expect(store.runsOf('a').map(({ failureReason }) => failureReason)).toEqual([
      ...['CANCELLED', 'CANCELLED', 'CANCELLED', null],
    ]);
    const late = store.runsOf('a').map((run) => run.startedAt.getTime() - run.scheduledAt.getTime());
    expect(Math.max(...late)).toBeLessThanOrEqual(10);
    expect(seen.most).toBe(1);
    expect(store.pending.size).toBe(0);
  });

  it('cancelPrevious, and nobody tells of it: the latest starts within a beat, what it replaced is named', async () => {
    const { store, time } = await withLasting('cancelPrevious', { cronExpression: '*/2 * * * * *' });
    store.isFeedAlive = false;
    await time.advance(10 * SECOND);
    expect(store.runsOf('a')[0]).toMatchObject({ failureReason: 'CANCELLED' });
    expect(store.runsOf('a').length).toBeGreaterThan(1);
    expect(store.events.some(({ type }) => type === 'occurrence.skipped')).toBe(true);
  });

  it('skip and allow are as they were', async () => {
    const skips = await withLasting('skip');
    const allows = await withLasting('allow');
    await skips.time.advance(6 * MINUTE);
    await allows.time.advance(6 * MINUTE);
    expect(minutesOf(skips.store.runsOf('a').map(({ scheduledAt }) => scheduledAt))).toEqual(['12:00', '12:03']);
    expect(skips.store.pending.size).toBe(0);
    expect(allows.store.runsOf('a')).toHaveLength(6);
    expect(allows.seen.most).toBe(3);
  });

  it.each(['skip', 'queueOne', 'queueAll', 'cancelPrevious'] as const)(
    '%s: over three replicas no two run at once, and every occurrence is accounted for once',
    async (overlapPolicy) => {
      const { store, engines, seen, time } = await withLasting(overlapPolicy, {}, 3);
      for (const [at, engine] of engines.entries()) engine.link.latencyMs = 2 * at;
      await time.advance(30 * MINUTE);
      engines[0]!.kill();
      await time.advance(30 * MINUTE);
      const all = accountedFor(store);
      expect(new Set(all).size).toBe(all.length);
      expect(all).toHaveLength(60);
      const held = store.runsOf('a').filter(({ failureReason }) => failureReason !== 'LOST').length;
      expect(held).toBeGreaterThanOrEqual(overlapPolicy === 'cancelPrevious' ? 55 : 15);
      expect(seen.most).toBeLessThanOrEqual(2);
    },
  );

  it('the answer to a claim that queued is lost: it is started once, and by its turn', async () => {
    const { store, engines, time } = await withLasting('queueAll', { endAt: new Date('2026-01-02T12:02:00Z') });
    await time.advance(10 * SECOND);
    engines[0]!.link.loseAnswer('claims.claim');
    await time.advance(15 * MINUTE);
    expect(minutesOf(store.runsOf('a').map(({ scheduledAt }) => scheduledAt))).toEqual(['12:00', '12:01', '12:02']);
    expect(store.runsOf('a').every(({ status }) => status === 'SUCCESS')).toBe(true);
  });

  it('allow with a limit: so many at once on all replicas together, and each further occurrence is named', async () => {
    const { store, seen, time } = await withLasting('allow', { maxConcurrentRuns: 2 }, 2);
    await time.advance(6 * MINUTE);
    const started = store.runsOf('a').map(({ scheduledAt }) => scheduledAt);
    expect(minutesOf(started)).toEqual(['12:00', '12:01', '12:03', '12:04']);
    expect(seen.most).toBe(2);
    expect(accountedFor(store)).toEqual(['12:00', '12:01', '12:02', '12:03', '12:04', '12:05']);
  });

  it('allow with a limit: runs that wait start as soon as there is room', async () => {
    const { store, seen, time } = await withLasting('allow', { cronExpression: '0 0 1 1 *', maxConcurrentRuns: 2 }, 2);
    for (const n of [1, 2, 3, 4, 5]) store.trigger('a', `manual-${n}`);
    await time.advance(8 * MINUTE);
    expect([seen.most, store.pending.size]).toEqual([2, 0]);
    expect(store.runsOf('a').map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'SUCCESS'));
  });
});

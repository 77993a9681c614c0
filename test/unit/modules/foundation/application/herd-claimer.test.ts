/** Several replicas and one herd: each claims its own share, and what its owner left over a moment later. */
import { describe, expect, it } from 'vitest';
import type { AheadRuns } from '../../../../../src/modules/foundation/application/ahead-runs.ts';
import type { DatabaseTime } from '../../../../../src/modules/foundation/application/database-time.ts';
import type { DueClaimer } from '../../../../../src/modules/foundation/application/due-claimer.ts';
import { HerdClaimer } from '../../../../../src/modules/foundation/application/herd-claimer.ts';
import type { InstanceLease } from '../../../../../src/modules/foundation/application/instance-lease.ts';
import { JobDirectory } from '../../../../../src/modules/foundation/application/job-directory.ts';
import { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import type { RegisteredJob } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { scheduleOf } from '../../../../../src/modules/foundation/domain/next-fire.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { settle } from '../../../../support/manual-time.ts';
import { createEngine, type Engine, newStore, recordingJob } from '../../../../support/engine.ts';

const SECOND = 1_000;
const NOON = Date.parse('2026-01-02T12:00:00.000Z');
const HERD = 200;

/** Replicas that know of each other, seconds before noon; how many fires they claim, and claim in vain. */
async function replicas(count: number) {
  const store = newStore();
  for (let at = 0; at < HERD; at += 1) store.save(`job-${at}`, { cronExpression: '*/1 * * * *', handler: 'work' });
  const jobs = Array.from({ length: count }, () => recordingJob());
  const engines = jobs.map((work) => createEngine({ store, jobs: { work } }));
  const claimed = { asked: 0, moved: 0 };
  for (const engine of engines) {
    await engine.start();
    countClaims(engine, claimed);
    engine.link.latencyMs = 4;
  }
  for (const { wired } of engines) void wired.lease.renew();
  await store.time.advance(1_900);
  return { store, jobs, engines, claimed, time: store.time };
}

function countClaims({ wired }: Engine, claimed: { asked: number; moved: number }): void {
  const { claims } = wired;
  const claim = claims.claim.bind(claims);
  claims.claim = async (instanceId, fires, options) => {
    const answer = await claim(instanceId, fires, options);
    claimed.asked += fires.length;
    claimed.moved += answer.moved.size;
    return answer;
  };
}

/** One instance whose claims are answered when a test says so. */
function lonelyClaimer() {
  const directory = new JobDirectory();
  const asked: [number, number][] = [];
  const answered = Promise.withResolvers<void>();
  const answer = async (): Promise<void> => {
    answered.resolve();
    await settle();
  };
  let now = 0;
  const lease = { instanceId: 'here', live: [{ id: 'here' }] } as unknown as InstanceLease;
  const claimAhead = (coming: readonly unknown[], aheadMs: number): Promise<void> => {
    asked.push([coming.length, aheadMs]);
    return answered.promise;
  };
  const claimer = new HerdClaimer(
    { directory, lease, time: { now: () => now } as DatabaseTime },
    { claimAhead } as unknown as DueClaimer,
    { size: 0 } as AheadRuns,
    () => {},
  );
  return { claimer, directory, asked, answer, setNow: (at: number) => void (now = at) };
}

function armed(jobId: string, cronExpression = '0 12 * * *'): ArmedJob {
  const config = jobConfig(jobId, { cronExpression });
  return new ArmedJob({ config, schedule: scheduleOf(config), handler: {} as RegisteredJob, isPersisted: true });
}

describe('HerdClaimer', () => {
  it('a herd behind another, with a job of every second in between, is claimed as early as if it were alone', () => {
    const { claimer, directory, setNow, asked } = lonelyClaimer();
    directory.put(armed('every-second'), NOON);
    for (let at = 0; at < 40_000; at += 1) directory.put(armed(`job-${at}`), NOON + 6 * SECOND);
    for (let now = NOON - 5 * SECOND; asked.length === 0; now += 100) {
      directory.put(armed('every-second'), Math.ceil((now + 1) / SECOND) * SECOND);
      setNow(now);
      claimer.take();
      if (asked.length > 0) expect(NOON + 6 * SECOND - now).toBeGreaterThan(1_900);
    }
    expect(asked[0]![0]).toBe(1_000);
  });

  it.each([1, 1_500])('more than a second of claims begin in time beside %i jobs of every second', (others) => {
    const { claimer, directory, setNow, asked } = lonelyClaimer();
    for (let at = 0; at < 6_250; at += 1) directory.put(armed(`job-${at}`), NOON);
    const everySecond = Array.from({ length: others }, (_, at) => armed(`second-${at}`, '* * * * * *'));
    let aheadMs = 0;
    for (let now = NOON - 6 * SECOND; asked.length === 0; now += 10) {
      if (now % SECOND === 0) for (const job of everySecond) directory.put(job, now + SECOND);
      setNow(now);
      aheadMs = NOON - now;
      claimer.take();
    }
    expect(asked).toEqual([[1_000, (6_250 + others) / 5]]);
    expect(aheadMs).toBeGreaterThan(1_100);
  });

  it('four replicas share a herd, minute after minute, and hardly ever claim in vain', async () => {
    const { store, jobs, claimed, time } = await replicas(4);
    await time.advance(3 * 60 * SECOND);
    expect(jobs.flatMap(({ calls }) => calls)).toHaveLength(3 * HERD);
    for (const { calls } of jobs) expect(calls.length).toBeGreaterThan((3 * HERD) / 8);
    expect((claimed.asked - claimed.moved) / claimed.asked).toBeLessThan(0.01);
    const late = [...store.executions.values()].map((run) => run.startedAt.getTime() - run.scheduledAt.getTime());
    expect(Math.max(...late)).toBeLessThan(20);
  });

  it('claims two batches at a time, and what is due meanwhile does not wait for them', async () => {
    const store = newStore();
    for (let at = 0; at < 3_000; at += 1) store.save(`job-${at}`, { cronExpression: '*/1 * * * *', handler: 'work' });
    store.save('other', { cronExpression: '* * * * * ?', dialect: 'quartz', handler: 'other' });
    const [work, other] = [recordingJob(), recordingJob()];
    const engine = createEngine({ store, jobs: { work, other }, maxConcurrentRuns: 4_000 });
    await engine.start();
    await store.time.advance(1_500);
    const { claims } = engine.wired;
    const claim = claims.claim.bind(claims);
    const underWay = { ahead: 0, most: 0 };
    claims.claim = async (instanceId, fires, options) => {
      if (options?.aheadMs === 0) return claim(instanceId, fires, options);
      underWay.ahead += 1;
      underWay.most = Math.max(underWay.most, underWay.ahead);
      await store.time.pass(400);
      underWay.ahead -= 1;
      return claim(instanceId, fires, options);
    };
    const before = other.calls.length;
    await store.time.advance(700);
    expect([other.calls.length - before, work.calls.length, underWay]).toEqual([1, 0, { ahead: 2, most: 2 }]);
    await store.time.advance(1_800);
    expect(work.calls).toHaveLength(3_000);
  });

  for (const [size, aheadMs] of [
    [4_000, 1_000],
    [10_000, 2_000],
    [150_000, 10_000],
  ] as const)
    it(`a herd of ${size} is claimed ${aheadMs} ms ahead`, () => {
      const { claimer, directory, setNow, asked } = lonelyClaimer();
      for (let at = 0; at < size; at += 1) directory.put(armed(`job-${at}`), NOON);
      setNow(NOON - 60 * SECOND);
      expect(claimer.inMs).toBe(50 * SECOND);
      for (let now = NOON - 10 * SECOND; asked.length === 0; now += claimer.inMs) {
        setNow(now);
        claimer.take();
        if (asked.length > 0) expect(NOON - now).toBe(aheadMs);
      }
      expect(asked).toEqual([[1_000, aheadMs]]);
    });

  it('however large the herd, a job is claimed no earlier than half of its interval before it is due', () => {
    const { claimer, directory, setNow, asked } = lonelyClaimer();
    for (let at = 0; at < 50_000; at += 1) directory.put(armed(`job-${at}`, '*/12 * * * * *'), NOON);
    let now = NOON - 11 * SECOND;
    for (; asked.length === 0; now += 50) {
      setNow(now);
      claimer.take();
    }
    expect(NOON - now).toBeLessThan(6 * SECOND);
    expect(NOON - now).toBeGreaterThan(5.4 * SECOND);
    expect(asked).toEqual([[1_000, 10_000]]);
  });

  it('what it did not come to in time is no part of the next herd, and what is due another day is left alone', async () => {
    const { claimer, directory, setNow, asked, answer } = lonelyClaimer();
    for (let at = 0; at < 4_000; at += 1) directory.put(armed(`job-${at}`), NOON);
    setNow(NOON - 300);
    claimer.take();
    claimer.take();
    for (let at = 0; at < 4_000; at += 1) directory.put(armed(`job-${at}`), NOON + 24 * 3_600 * SECOND);
    for (let at = 0; at < 500; at += 1) directory.put(armed(`soon-${at}`), NOON + 60 * SECOND);
    asked.length = 0;
    await answer();
    for (let now = NOON + 100; now < NOON + 60 * SECOND; now += Math.max(10, Math.min(claimer.inMs, SECOND))) {
      setNow(now);
      claimer.take();
    }
    expect(asked).toEqual([[500, 1_000]]);
  });

  it('what the owner does not claim is claimed by another a moment after it was due', async () => {
    const { store, jobs, engines, time } = await replicas(2);
    engines[0]!.kill();
    await time.advance(2 * SECOND);
    expect(jobs[1]!.calls).toHaveLength(HERD);
    const late = [...store.executions.values()].map((run) => run.startedAt.getTime() - run.scheduledAt.getTime());
    expect(Math.max(...late)).toBeLessThan(400);
  });

  it('what nobody claims is claimed by one of the others at a time, in their order', async () => {
    const { jobs, engines, claimed, time } = await replicas(4);
    engines[0]!.kill();
    engines[1]!.kill();
    const before = claimed.asked;
    await time.advance(2 * SECOND);
    expect(jobs[2]!.calls.length + jobs[3]!.calls.length).toBe(HERD);
    expect(claimed.asked - before).toBe(HERD);
  });

  it('what stays overdue without a replica for it hides nothing that this one has', async () => {
    const store = newStore();
    const job = recordingJob();
    for (let at = 0; at < 2_500; at += 1) {
      store.save(`foreign-${at}`, { cronExpression: '0 12 * * *', handler: 'elsewhere' });
      store.setCursor(`foreign-${at}`, new Date(store.now() - 60 * SECOND));
    }
    store.save('own', { cronExpression: '0 0 * * *', handler: 'work' });
    await createEngine({ store, jobs: { work: job } }).start();
    store.setCursor('own', new Date(store.now() - 5 * SECOND));
    await store.time.advance(61 * SECOND);
    expect(job.calls).toHaveLength(1);
  });

  it('with every slot taken the loop sleeps until one is free, also where it left something to another', async () => {
    const store = newStore();
    for (let at = 0; at < 12; at += 1) store.save(`job-${at}`, { cronExpression: '0,1 * * * *', handler: 'work' });
    const finished: string[] = [];
    const work = async (_kwargs: unknown, { jobId }: { jobId: string }) => {
      await store.time.pass(9 * SECOND);
      finished.push(jobId);
    };
    for (let replica = 0; replica < 2; replica += 1) {
      await createEngine({ store, jobs: { work }, maxConcurrentRuns: 3 }).start();
    }
    // Virtual time refuses to pass where thousands of timers are due at one instant.
    await store.time.advance(60 * SECOND);
    expect(new Set(finished).size).toBe(12);
  });
});

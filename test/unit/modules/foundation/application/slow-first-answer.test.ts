/** A replica whose first question was long on its way believes that the database's clock is ahead of what it says, until it asks again. */
import { describe, expect, it } from 'vitest';
import { jitterOf } from '../../../../../src/modules/foundation/domain/jitter.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;

/** Two seconds ahead of the database's clock, and started. */
async function startedAhead(edit: Partial<JobConfig>, { lateMs = 0, lastsMs = 0 } = {}) {
  const store = newStore();
  store.save('a', edit);
  const starts: { scheduledAt: number; at: number }[] = [];
  const a = (_kwargs: unknown, { scheduledAt }: { scheduledAt: Date }) => {
    starts.push({ scheduledAt: scheduledAt.getTime(), at: store.now() });
    return lastsMs === 0 ? undefined : store.time.pass(lastsMs);
  };
  if (lateMs > 0) {
    const before = createEngine({ store, jobs: { a } });
    await before.start();
    await before.stop();
    await store.time.advance(lateMs);
  }
  const engine = createEngine({ store, jobs: { a } });
  const letGo = engine.link.holdNext('instances.renew');
  const starting = engine.start();
  await store.time.advance(4 * SECOND);
  letGo();
  await starting;
  expect(engine.wired.time.now() - store.now()).toBe(2 * SECOND);
  return { store, engine, starts };
}

describe('a replica that believes the database’s clock to be two seconds ahead', () => {
  it('starts nothing before its jitter has passed', async () => {
    const { store, engine, starts } = await startedAhead({ cronExpression: '*/3 * * * * *', jitterMs: 2_500 });
    await store.time.advance(60 * SECOND);
    await engine.stop();
    const early = starts.filter(({ scheduledAt, at }) => {
      const delayMs = jitterOf({ jobId: 'a', scheduledAt, nextAt: scheduledAt + 3 * SECOND }, 2_500);
      return at < scheduledAt + delayMs;
    });
    expect(starts.length).toBeGreaterThan(15);
    expect(early).toEqual([]);
  });

  for (const misfirePolicy of ['once', 'all', 'skip'] as const)
    it(`catches up nothing that is still to come: ${misfirePolicy}`, async () => {
      const { store, engine, starts } = await startedAhead(
        { cronExpression: '* * * * * *', misfirePolicy, overlapPolicy: 'allow' },
        { lateMs: 20 * SECOND },
      );
      const startedAt = store.now();
      await store.time.advance(4 * SECOND);
      await engine.stop();
      expect(starts.filter(({ scheduledAt, at }) => scheduledAt > at)).toEqual([]);
      const told = store.events.map(({ detail }) => detail?.['to']).filter((to) => typeof to === 'string');
      expect(told.filter((to) => Date.parse(to) > startedAt)).toEqual([]);
      expect(starts.map(({ scheduledAt }) => scheduledAt)).toEqual(
        expect.arrayContaining([1, 2, 3].map((second) => startedAt + second * SECOND)),
      );
    });

  it('says of no run that it ended later than it did', async () => {
    const { store, engine, starts } = await startedAhead({ cronExpression: '* * * * * *' }, { lastsMs: 300 });
    await store.time.advance(3 * SECOND);
    await engine.stop();
    expect(starts.length).toBeGreaterThan(1);
    for (const { startedAt, finishedAt, durationMs } of store.runsOf('a'))
      expect(finishedAt!.getTime() - startedAt.getTime()).toBe(durationMs);
  });
});

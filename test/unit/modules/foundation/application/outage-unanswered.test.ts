/** Claims whose answer was lost, and the database that goes away before or after it is known what they took. */
import { describe, expect, it } from 'vitest';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { NOON } from '../../../../support/herd-scene.ts';

const SECOND = 1_000;

describe('DueClaimer.settle()', () => {
  for (const [overlapPolicy, lastsMs] of [
    ['skip', 0],
    ['skip', 3 * SECOND],
    ['queueAll', 3 * SECOND],
    ['cancelPrevious', 3 * SECOND],
    ['allow', 3 * SECOND],
  ] as const satisfies readonly (readonly [JobConfig['overlapPolicy'], number])[])
    it(`what it started is not started again without the database: ${overlapPolicy}, ${lastsMs} ms`, async () => {
      const store = newStore();
      store.save('a', { cronExpression: '* * * * *', handler: 'work', outagePolicy: 'run', overlapPolicy });
      const starts: string[] = [];
      const work: JobFunction = async (_kwargs, { scheduledAt }) => {
        starts.push(scheduledAt.toISOString());
        if (lastsMs > 0) await store.time.pass(lastsMs);
      };
      const engine = createEngine({ store, jobs: { work } });
      await engine.start();
      engine.link.loseAnswer('claims.claim');
      await store.time.advance(3 * SECOND);
      expect(starts).toEqual([NOON]);
      await store.time.advance(300);
      store.isAway = true;
      await store.time.advance(20 * SECOND);
      store.isAway = false;
      await store.time.advance(20 * SECOND);
      expect(starts).toEqual([NOON]);
      expect(store.events.filter(({ type }) => type.startsWith('occurrence'))).toEqual([]);
      await engine.stop();
    });
});

/** Runs that are found RUNNING after the answer to their claim was lost: which start at once, and which wait. */
import { expect, it } from 'vitest';
import type { JobFunction } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;

it('two runs that are found at once, beside one that started without the database, do not go over the limit of their job', async () => {
  const store = newStore();
  const policy = { outagePolicy: 'run', overlapPolicy: 'allow', maxConcurrentRuns: 2 } as const;
  store.save('a', { cronExpression: '* * * * *', handler: 'work', ...policy });
  let [running, most, started] = [0, 0, 0];
  const work: JobFunction = async () => {
    [started, running] = [started + 1, running + 1];
    most = Math.max(most, running);
    await store.time.pass(40 * SECOND);
    running -= 1;
  };
  const engine = createEngine({ store, jobs: { work } });
  await engine.start();
  await store.time.advance(50 * SECOND);
  engine.link.loseAnswer('pending.claim');
  store.trigger('a', 'by-hand-1');
  store.trigger('a', 'by-hand-2');
  await store.time.advance(1);
  expect(store.runsOf('a').filter(({ status }) => status === 'RUNNING')).toHaveLength(2);
  store.isAway = true;
  await store.time.advance(20 * SECOND);
  store.isAway = false;
  await store.time.advance(30 * SECOND);
  expect([started, most]).toEqual([3, 2]);
  await store.time.advance(50 * SECOND);
  expect(most).toBe(2);
  expect(store.runsOf('a').filter(({ id }) => id.startsWith('by-hand'))).toMatchObject([
    { status: 'SUCCESS' },
    { status: 'SUCCESS' },
  ]);
  await engine.stop();
});

it('all start at once that the database let start together, of a job that is disabled too', async () => {
  const store = newStore();
  store.save('a', { cronExpression: '0 0 1 1 *', handler: 'work', enabled: false, overlapPolicy: 'allow' });
  const started: string[] = [];
  const work: JobFunction = async (_kwargs, { executionId }) => {
    started.push(executionId);
    await new Promise(() => {});
  };
  const engine = createEngine({ store, jobs: { work } });
  await engine.start();
  await store.time.advance(SECOND);
  engine.link.loseAnswer('pending.claim');
  for (const id of ['by-hand-1', 'by-hand-2', 'by-hand-3']) store.trigger('a', id);
  await store.time.advance(6 * SECOND);
  expect(started.toSorted()).toEqual(['by-hand-1', 'by-hand-2', 'by-hand-3']);
});

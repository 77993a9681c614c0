import { describe, expect, it } from 'vitest';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;

describe('PendingRunClaimer', () => {
  it('one that the database refuses holds up no other, is named, and is tried again in a minute', async () => {
    const store = newStore();
    const { time } = store;
    store.save('a', { cronExpression: '0 0 1 1 *', overlapPolicy: 'allow' });
    const ran: string[] = [];
    const engine = createEngine({
      store,
      jobs: { a: (_kwargs, { executionId }) => void ran.push(executionId) },
    });
    await engine.start();
    store.refused.set('bad', new Error('refused by a trigger'));
    store.trigger('a', 'first');
    store.trigger('a', 'bad');
    for (let number = 1; number <= 5; number += 1) store.trigger('a', `run-${number}`);
    await time.advance(3 * SECOND);
    expect(ran.toSorted()).toEqual(['first', 'run-1', 'run-2', 'run-3', 'run-4', 'run-5']);
    expect(engine.logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { properties: { executionId: 'bad', reason: 'refused by a trigger' } },
    ]);
    store.trigger('a', 'later');
    await time.advance(SECOND);
    expect(ran).toContain('later');
    store.refused.clear();
    await time.advance(60 * SECOND);
    expect(ran).toContain('bad');
  });
});

/** DatabaseSupervisor where somebody holds a row that it needs. */
import { expect, it } from 'vitest';
import { DatabaseBusyError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;
const HELD = new DatabaseBusyError('held for 4 s');

async function started() {
  const store = newStore();
  const { wired, link, logger } = createEngine({ store });
  await wired.supervisor.start();
  const { supervisor, lease, executions } = wired;
  return { supervisor, lease, executions, link, logger, time: store.time };
}

it('he does not take the database away: the lease stays, and the beat goes on', async () => {
  const { supervisor, lease, link, time, logger } = await started();
  link.failNext('instances.rescue', HELD);
  await time.advance(5 * SECOND);
  expect([lease.isHeld, lease.isSuspended]).toEqual([true, false]);
  expect(logger.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('held for 4 s') }]);
  await time.advance(5 * SECOND);
  expect(supervisor.isUp).toBe(true);
});

it('no beat waits for what is written beside it', async () => {
  const { supervisor, executions, link, time } = await started();
  const { promise, resolve } = Promise.withResolvers<void>();
  executions.writeLastRuns = () => promise;
  await time.advance(20 * SECOND);
  expect(link.countOf('instances.renew')).toBe(5);
  resolve();
  await supervisor.stop();
});

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

it('no beat waits for what is written beside it, and it is written once at a time, beat after beat', async () => {
  const { supervisor, executions, link, time } = await started();
  const { promise, resolve } = Promise.withResolvers<void>();
  let written = 0;
  executions.writeLastRuns = () => ((written += 1), promise);
  await time.advance(20 * SECOND);
  expect([link.countOf('instances.renew'), written]).toEqual([5, 1]);
  resolve();
  await time.advance(10 * SECOND);
  expect([link.countOf('instances.renew'), written]).toEqual([7, 3]);
  await supervisor.stop();
});

it('he who holds the row of the lease takes the database away once that has ended, and gives it back', async () => {
  const { supervisor, lease, link, time } = await started();
  for (let beats = 0; beats < 13; beats += 1) link.failNext('instances.renew', HELD);
  await time.advance(13 * SECOND);
  expect([lease.isHeld, lease.isSuspended]).toEqual([true, false]);
  await time.advance(3 * SECOND);
  expect([lease.isHeld, lease.isSuspended]).toEqual([false, true]);
  await time.advance(5 * SECOND);
  expect([lease.isHeld, lease.isSuspended, supervisor.isUp]).toEqual([true, false, true]);
});

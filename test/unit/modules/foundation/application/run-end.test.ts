/** What a run leaves behind, however its job ends. */
import { expect, test } from 'vitest';
import { manualExecutor as setUp, raise } from '../../../../support/manual-executor.ts';

test('what a job that had said nothing logs after its end goes to the log alone', async () => {
  let log = (): void => {};
  const { execute, logger, said } = setUp((_kwargs, context) => {
    log = (): void => context.logger.info('too late');
  });
  await execute();
  log();
  expect(logger.lines).toMatchObject([{ message: 'too late' }]);
  expect(said[0]).toBe('closed');
});

test('a tracker that throws ends the run: who dispatches goes on', async () => {
  const { executor, assignment, tracker } = setUp(() => 'done');
  tracker.track = () => raise(new Error('no record'));
  const ending = executor.finish(executor.start(assignment));
  await expect(ending).rejects.toThrow('no record');
});

test('a job that sets the dates of its context changes nothing of its run', async () => {
  const { execute, assignment } = setUp((_kwargs, { scheduledAt, lastSuccessAt }) => {
    scheduledAt.setTime(0);
    lastSuccessAt?.setTime(0);
  });
  const before = assignment.run.scheduledAt.getTime();
  await execute();
  expect(assignment.run.scheduledAt.getTime()).toBe(before);
});

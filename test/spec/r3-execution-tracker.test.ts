/** R3: the tracker records a run's life around its function, and never stands in its way. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { TrackedRun } from '../../src/modules/foundation/application/ports/run-tracker.ts';
import { databaseEngine } from '../support/database-engine.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

describeOnEveryDatabase('R3', (database) => {
  function setUp() {
    const engine = databaseEngine(database());
    const { wired } = engine;
    const startedAt = new Date();
    const run: TrackedRun = {
      ...{ id: randomUUID(), jobId: `job-${randomUUID()}`, attempt: 1, maxAttempts: 1, trigger: 'schedule' },
      ...{ scheduledAt: startedAt, startedAt, instanceId: wired.instance.id, jobKwargs: {}, isRecorded: false },
    };
    return {
      ...engine,
      track: (work: () => unknown) => wired.tracker.track(run, work),
      record: () => wired.executions.getById(run.id),
      errors: () => engine.logger.lines.filter(({ level }) => level === 'error'),
    };
  }

  it('R3 on entry a RUNNING record, seen by the job function itself', async () => {
    const { track, record } = setUp();
    let during: Awaited<ReturnType<typeof record>> = null;
    await track(async () => {
      during = await record();
    });
    expect(during).toMatchObject({ status: 'RUNNING', finishedAt: null, durationMs: null });
  });

  it('R3.1 normal end: SUCCESS, finished_at and duration_ms not null', async () => {
    const { track, record, errors } = setUp();
    expect(await track(async () => ({ pages: 3 }))).toEqual({ pages: 3 });
    expect(await record()).toMatchObject({
      status: 'SUCCESS',
      finishedAt: expect.any(Date),
      durationMs: expect.any(Number),
      errorMessage: null,
      result: { pages: 3 },
    });
    expect(errors()).toEqual([]);
  });

  it('R3.2 throw: FAILED, error_message holds the error, and the error propagates', async () => {
    const { track, record } = setUp();
    const error = new RangeError('the disk is full', { cause: new Error('ENOSPC') });
    await expect(
      track(() => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await record()).toMatchObject({
      ...{ status: 'FAILED', failureReason: 'ERROR', errorMessage: 'RangeError: the disk is full: ENOSPC' },
      ...{ errorStack: error.stack, finishedAt: expect.any(Date), durationMs: expect.any(Number) },
    });
  });

  it('R3.2 an error that the database cannot hold is recorded all the same', async () => {
    const { track, record } = setUp();
    const error = new Error(`zero \u0000 and half \ud800 and much ${'x'.repeat(100_000)}`);
    await expect(track(() => Promise.reject(error))).rejects.toBe(error);
    const { status, errorMessage } = (await record())!;
    expect(status).toBe('FAILED');
    expect(errorMessage).toMatch(/^zero .* and half .* and much xxx/);
  });

  it('R3.3 connection lost before the start is written: the job runs, an ERROR is logged', async () => {
    const { track, record, errors, database: link, wired } = setUp();
    link.isCut = true;
    expect(await track(() => 'done')).toBe('done');
    expect(errors().map(({ message }) => message)).toEqual([
      expect.stringContaining('start of a run could not be recorded'),
      expect.stringContaining('end of a run (SUCCESS) could not be recorded'),
    ]);
    link.isCut = false;
    expect(await record()).toBeNull();
    await wired.journal.flush();
    expect(await record()).toMatchObject({ status: 'SUCCESS', result: 'done' });
  });

  it('R3.3 connection lost while the job runs: it ends, an ERROR is logged, and its record follows', async () => {
    const { track, record, errors, database: link, wired } = setUp();
    expect(await track(() => void (link.isCut = true))).toBeNull();
    expect(errors()).toHaveLength(1);
    link.isCut = false;
    expect(await record()).toMatchObject({ status: 'RUNNING' });
    await wired.journal.flush();
    expect(await record()).toMatchObject({ status: 'SUCCESS' });
  });

  it('R3.3 connection lost and the job fails: its own error propagates', async () => {
    const { track, record, database: link, wired } = setUp();
    const error = new Error('the job’s own');
    const failing = track(() => {
      link.isCut = true;
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    link.isCut = false;
    await wired.journal.flush();
    expect(await record()).toMatchObject({ status: 'FAILED', errorMessage: 'the job’s own' });
  });
});

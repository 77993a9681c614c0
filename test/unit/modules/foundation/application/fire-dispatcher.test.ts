import { describe, expect, it } from 'vitest';
import { FireDispatcher, MAX_UNWRITTEN } from '../../../../../src/modules/foundation/application/fire-dispatcher.ts';
import type { TrackedRun } from '../../../../../src/modules/foundation/application/ports/run-tracker.ts';
import type { Assignment, RunWork } from '../../../../../src/modules/foundation/application/run-work.ts';
import { JobDirectory } from '../../../../../src/modules/foundation/application/job-directory.ts';
import { StartBurst } from '../../../../../src/modules/foundation/application/start-burst.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { ManualTime, settle } from '../../../../support/manual-time.ts';

/** Runs end when a test says so, or when they are aborted. */
class ManualExecutor {
  readonly assignments = new Map<string, Assignment>();
  readonly #ends = new Map<string, () => void>();

  start(assignment: Assignment): RunWork {
    this.assignments.set(assignment.run.id, assignment);
    return { assignment } as RunWork;
  }

  async finish({ assignment }: RunWork): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ends.set(assignment.run.id, resolve);
    assignment.controller.signal.addEventListener('abort', () => resolve());
    await promise;
  }

  /** The job's own work ends; its outcome is still to be written. */
  endWork(runId: string): void {
    const { onWorkEnd, run } = this.assignments.get(runId)!;
    onWorkEnd!(run);
  }

  async end(runId: string): Promise<void> {
    this.#ends.get(runId)!();
    await settle();
  }
}

function setUp(maxConcurrentRuns = 2) {
  const executor = new ManualExecutor();
  const dispatcher = new FireDispatcher(
    { executor, directory: new JobDirectory(), starts: new StartBurst({ timers: new ManualTime(0) }) },
    maxConcurrentRuns,
  );
  const dispatch = (id: string, jobId = id): void =>
    dispatcher.dispatch({ id, jobId, scheduledAt: new Date(0) } as TrackedRun, jobConfig(jobId), new Map());
  return { executor, dispatcher, dispatch };
}

/** The next rejection that nobody handles, which is no fault of the test then. */
async function unhandled(work: () => void): Promise<unknown> {
  const listeners = process.listeners('unhandledRejection');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  process.removeAllListeners('unhandledRejection').once('unhandledRejection', resolve);
  work();
  try {
    return await promise;
  } finally {
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
}

describe('FireDispatcher', () => {
  it('counts the slots that runs take, and gives them back', async () => {
    const { dispatcher, dispatch, executor } = setUp();
    expect(dispatcher.freeSlots).toBe(2);
    dispatch('1', 'a');
    dispatch('2', 'a');
    expect([dispatcher.freeSlots, dispatcher.activeCount]).toEqual([0, 2]);
    expect(dispatcher.activeRunIds).toEqual(['1', '2']);
    expect([dispatcher.isRunning('a'), dispatcher.isRunning('b')]).toEqual([true, false]);
    await executor.end('1');
    expect([dispatcher.freeSlots, dispatcher.isRunning('a')]).toEqual([1, true]);
    await executor.end('2');
    expect([dispatcher.freeSlots, dispatcher.isRunning('a')]).toEqual([2, false]);
  });

  it('a run whose outcome is still to be written takes no slot, and is active all the same', async () => {
    const { dispatcher, dispatch, executor } = setUp();
    dispatch('1', 'a');
    dispatch('2', 'b');
    executor.endWork('1');
    expect([dispatcher.freeSlots, dispatcher.activeCount, dispatcher.isRunning('a')]).toEqual([1, 2, true]);
    await executor.end('1');
    expect([dispatcher.freeSlots, dispatcher.activeCount, dispatcher.isRunning('a')]).toEqual([1, 1, false]);
  });

  it('a run whose recording fails altogether is over, and the fault is not hidden', async () => {
    const { dispatcher, dispatch, executor } = setUp();
    executor.finish = () => Promise.reject(new Error('The tracker is at fault.'));
    const told: (string | null)[] = [];
    dispatcher.onSlotFree((jobId) => told.push(jobId));
    const fault = await unhandled(() => dispatch('1', 'a'));
    expect(fault).toMatchObject({ message: 'The tracker is at fault.' });
    expect([dispatcher.freeSlots, dispatcher.activeCount, told]).toEqual([2, 0, ['a']]);
  });

  it('whoever was refused a slot is told when work ends, and not again before it was refused again', () => {
    const { dispatcher, dispatch, executor } = setUp(2);
    const told: (string | null)[] = [];
    dispatcher.onSlotFree((jobId) => told.push(jobId));
    dispatch('1');
    dispatch('2');
    dispatcher.askForSlot();
    executor.endWork('1');
    executor.endWork('2');
    expect(told).toEqual([null]);
  });

  it('outcomes that wait in their thousands count as running again', () => {
    const { dispatcher, dispatch, executor } = setUp(1);
    for (let n = 0; n < MAX_UNWRITTEN; n += 1) {
      dispatch(`${n}`);
      executor.endWork(`${n}`);
    }
    expect(dispatcher.freeSlots).toBe(1);
    dispatch('one more');
    executor.endWork('one more');
    expect(dispatcher.freeSlots).toBe(0);
  });

  it('executes a run that it is handed twice once', () => {
    const { dispatch, executor } = setUp();
    dispatch('1');
    dispatch('1');
    expect(executor.assignments.size).toBe(1);
  });

  it('free slots never go below zero', () => {
    const { dispatcher, dispatch } = setUp(1);
    dispatch('1');
    dispatch('2');
    expect(dispatcher.freeSlots).toBe(0);
  });

  it('tells each time a run has ended, after its slot is free', async () => {
    const { dispatcher, dispatch, executor } = setUp();
    const told: [string | null, number][] = [];
    const stop = dispatcher.onSlotFree((jobId) => told.push([jobId, dispatcher.freeSlots]));
    dispatch('1', 'a');
    dispatch('2', 'b');
    await executor.end('1');
    stop();
    await executor.end('2');
    expect(told).toEqual([['a', 1]]);
  });

  describe('reserve()', () => {
    it('gives what is free, and keeps it from others', () => {
      const { dispatcher, dispatch } = setUp(3);
      dispatch('1');
      const first = dispatcher.reserveSlots(1);
      const second = dispatcher.reserveSlots(5);
      expect([first.size, second.size, dispatcher.reserveSlots(1).size, dispatcher.freeSlots]).toEqual([1, 1, 0, 0]);
      first.release();
      first.release();
      expect(dispatcher.freeSlots).toBe(1);
    });

    it('tells who got none when slots are given back, once, and nobody else', () => {
      const { dispatcher } = setUp(1);
      const told: (string | null)[] = [];
      dispatcher.onSlotFree((jobId) => told.push(jobId));
      dispatcher.reserveSlots(1).release();
      expect(told).toEqual([]);
      const held = dispatcher.reserveSlots(1);
      dispatcher.reserveSlots(1).release();
      held.release();
      expect(told).toEqual([null]);
      dispatcher.reserveSlots(1).release();
      expect(told).toEqual([null]);
    });

    it('does not tell where the slot is taken by the time it is given back', () => {
      const { dispatcher, dispatch } = setUp(1);
      const told: (string | null)[] = [];
      dispatcher.onSlotFree((jobId) => told.push(jobId));
      const held = dispatcher.reserveSlots(1);
      dispatcher.askForSlot();
      dispatch('1');
      held.release();
      expect(told).toEqual([]);
    });
  });

  it('idle() resolves when no run is active, those that began meanwhile among them', async () => {
    const { dispatcher, dispatch, executor } = setUp();
    await dispatcher.idle();
    dispatch('1');
    let isIdle = false;
    const idle = dispatcher.idle().then(() => (isIdle = true));
    dispatch('2');
    await executor.end('1');
    expect(isIdle).toBe(false);
    await executor.end('2');
    await idle;
    expect(isIdle).toBe(true);
  });

  it('abortAll() aborts every active run with the reason', async () => {
    const { dispatcher, dispatch, executor } = setUp();
    dispatch('1');
    dispatch('2');
    dispatcher.abortAll('the service stops');
    await dispatcher.idle();
    expect([...executor.assignments.values()].map(({ controller }) => controller.signal.reason)).toMatchObject([
      { code: 'RUN_CANCELLED', message: 'the service stops' },
      { code: 'RUN_CANCELLED' },
    ]);
  });
});

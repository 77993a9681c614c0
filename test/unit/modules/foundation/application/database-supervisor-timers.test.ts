/** DatabaseSupervisor: when it asks next, that it leaves nothing that asks later, and what happens while it makes good. */
import { describe, expect, it } from 'vitest';
import type { OutageJournal } from '../../../../../src/modules/foundation/application/outage-journal.ts';
import { DatabaseLockedError, DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { settle } from '../../../../support/manual-time.ts';

const SECOND = 1_000;
/** The beat, and whoever asks for cancelled runs. */
const TIMERS = 2;

async function started() {
  const store = newStore();
  const { wired, link } = createEngine({ store });
  await wired.supervisor.start();
  return { store, wired, link, supervisor: wired.supervisor, time: store.time };
}

describe('DatabaseSupervisor has one timer for its next beat', () => {
  it('also where the database was lost between two', async () => {
    const { supervisor, time, link } = await started();
    await supervisor.onReturn(() => Promise.reject(new Error('not yet')));
    expect(time.timerCount).toBe(TIMERS);
    await time.advance(SECOND);
    expect([link.countOf('instances.renew'), time.timerCount]).toEqual([2, TIMERS]);
  });

  it('and none after a stop during a beat', async () => {
    const { supervisor, time, link } = await started();
    const letGo = link.holdNext('instances.renew');
    supervisor.beatNow();
    await settle();
    const stopped = supervisor.stop();
    letGo();
    await stopped;
    expect(time.timerCount).toBe(0);
  });

  it('and none after a start that threw', async () => {
    const store = newStore();
    const { wired, link } = createEngine({ store });
    link.failNext('connection.open', new DatabaseLockedError('served by process 7'));
    await expect(wired.supervisor.start()).rejects.toThrow(DatabaseLockedError);
    expect(store.time.timerCount).toBe(0);
  });
});

it('DatabaseSupervisor.beatNow() during a beat that finds the database away waits for the next second', async () => {
  const { supervisor, time, link } = await started();
  const letGo = link.holdNext('instances.renew');
  link.failNext('instances.rescue', new DatabaseUnavailableError('nobody answers'));
  supervisor.beatNow();
  await settle();
  supervisor.beatNow();
  letGo();
  await settle();
  expect([link.countOf('instances.renew'), supervisor.isUp]).toEqual([2, false]);
  await time.advance(SECOND);
  expect([link.countOf('instances.renew'), supervisor.isUp]).toEqual([3, true]);
});

it('DatabaseSupervisor is up when what ended while the rest was written is written as well', async () => {
  const { store, wired, supervisor, letGo } = await makingGood();
  wired.journal.hold(heldRecord(wired.instance.id, store.now()));
  expect(supervisor.isUp).toBe(false);
  letGo();
  await settle();
  expect([supervisor.isUp, wired.journal.size]).toEqual([true, 0]);
});

it('DatabaseSupervisor lets nothing start through a lease that was lost again while it made good, until it is renewed', async () => {
  const { wired, supervisor, time, link, letGo } = await makingGood();
  link.failNext('instances.renew', new DatabaseUnavailableError('nobody answers'));
  supervisor.beatNow();
  await settle();
  letGo();
  await settle();
  expect([supervisor.isUp, wired.lease.isSuspended, wired.lease.isHeld]).toEqual([false, false, false]);
  await time.advance(SECOND);
  expect([supervisor.isUp, wired.lease.isHeld]).toEqual([true, true]);
});

/** The database is back, and a record that was held is being written, until it is let go. */
async function makingGood() {
  const scene = await started();
  const { store, wired, time, link } = scene;
  store.isAway = true;
  await time.advance(5 * SECOND);
  wired.journal.hold(heldRecord(wired.instance.id, store.now()));
  const letGo = link.holdNext('executions.create');
  store.isAway = false;
  await time.advance(SECOND);
  return { ...scene, letGo };
}

function heldRecord(instanceId: string, now: number): Parameters<OutageJournal['hold']>[0] {
  const at = new Date(now);
  return {
    run: {
      ...{ id: crypto.randomUUID(), jobId: 'a', scheduledAt: at, startedAt: at, attempt: 1, maxAttempts: 1 },
      ...{ trigger: 'manual', instanceId, jobKwargs: {} },
    },
    outcome: { status: 'SUCCESS', finishedAt: at, durationMs: 0, result: null },
    isRecorded: false,
  };
}

/** confirmDue() where there are more than a statement looks at: in portions, of which the last confirms them all. */
import { describe, expect, it } from 'vitest';
import {
  confirmDue,
  type ConfirmDueDeps,
  type HeldRun,
} from '../../../../../src/modules/foundation/application/confirm-due.ts';
import type { Confirming } from '../../../../../src/modules/foundation/application/ports/ahead-claims.ts';
import { createEngine, newStore, recordingJob } from '../../../../support/engine.ts';
import { NOON } from '../../../../support/herd-scene.ts';

const MANY = 2_100;
const DUE_AT = new Date(NOON);
const at = (seconds: number): Date => new Date(DUE_AT.getTime() + seconds * 1_000);

function heldRun(number: number, renewals: number): HeldRun {
  const run = { id: `run-${number}`, jobId: `job-${number}`, scheduledAt: at(number % 2) };
  return { run, config: {}, nextFireAt: null, tick: 1, renewals } as unknown as HeldRun;
}

/** A database that confirms whatever it is asked about, under a lease that is held from what the portions are told. */
async function confirm(due: readonly HeldRun[], heldFrom: readonly (number | null)[]) {
  const orders: (Confirming & { runs: number })[] = [];
  const aheadClaims: Pick<ConfirmDueDeps['aheadClaims'], 'confirmAll' | 'confirmEach'> = {
    confirmAll: async () => ({ now: at(2), isConfirmed: false }),
    confirmEach: async (_instanceId, order, runs) => {
      orders.push({ ...order, runs: runs.length });
      const confirmed = new Set(runs.map(({ run }) => run.id));
      return { now: at(2), heldFrom: heldFrom[orders.length - 1]!, confirmed, givenBack: new Set<string>() };
    },
  };
  const deps = {
    ...{
      aheadClaims,
      lease: { instanceId: 'a', renewals: 6 },
      time: { observe: () => {} },
      clock: { monotonicMs: () => 0 },
    },
  } as unknown as ConfirmDueDeps;
  return { answer: await confirmDue(deps, due), orders };
}

describe('confirmDue()', () => {
  const due = Array.from({ length: MANY }, (_, number) => heldRun(number, number < 2_000 ? 3 : 5));

  it('confirms by the last portion alone, and all of them', async () => {
    const { answer, orders } = await confirm(due, [1, 1]);
    expect(answer).toEqual({ confirmed: new Set(due.map(({ run }) => run.id)), givenBack: new Set() });
    expect(orders.map(({ dueAt, runs }) => [dueAt, runs])).toEqual([
      [new Date(DUE_AT.getTime() - 1), 2_000],
      [at(1), 100],
    ]);
  });

  it('confirms none that was claimed before the lease which the last portion renewed', async () => {
    const { answer } = await confirm(due, [1, 4]);
    expect(answer).toMatchObject({ confirmed: new Set(due.slice(2_000).map(({ run }) => run.id)) });
  });

  it('confirms none where the last portion renewed none', async () => {
    expect((await confirm(due, [1, null])).answer).toMatchObject({ confirmed: new Set() });
  });
});

it('an instance that is killed between two portions has lost none: another runs each, once', async () => {
  const store = newStore();
  for (let number = 0; number < MANY; number += 1)
    store.save(`job-${number}`, { cronExpression: '0 12 * * *', handler: 'work' });
  const [calls, heirs] = [recordingJob(), recordingJob()];
  const engine = createEngine({ store, jobs: { work: calls } });
  await engine.start();
  await store.time.advance(2_900);
  expect(store.executions.size).toBe(MANY);
  store.save('job-0', { cronExpression: '0 13 * * *', handler: 'work' });
  engine.link.holdAnswer('ahead.confirmEach');
  await store.time.advance(200);
  expect(engine.link.countOf('ahead.confirmEach')).toBe(1);
  engine.kill();
  await createEngine({ store, jobs: { work: heirs } }).start();
  await store.time.advance(30_000);
  expect([calls.calls.length, heirs.calls.length]).toEqual([0, MANY - 1]);
  expect(new Set(heirs.calls)).toEqual(new Set([NOON]));
  expect([...store.executions.values()].filter(({ failureReason }) => failureReason !== null)).toEqual([]);
});

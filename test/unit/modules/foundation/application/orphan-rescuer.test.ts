import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../../../../../src/modules/foundation/application/event-bus.ts';
import type { Run } from '../../../../../src/modules/foundation/domain/run.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

describe('OrphanRescuer', () => {
  it('names each run that was lost, in the log and on the bus, and never its own', async () => {
    const store = newStore();
    const [dead, alive] = [createEngine({ store }), createEngine({ store })];
    const events: BusEvent[] = [];
    alive.wired.bus.subscribe((event) => events.push(event));
    const at = new Date(store.now());
    const run = {
      scheduledAt: at,
      startedAt: at,
      attempt: 1,
      maxAttempts: 1,
      trigger: 'schedule',
      jobKwargs: {},
    } as const;
    await dead.wired.lease.renew();
    await alive.wired.executions.create({ ...run, id: 'theirs', jobId: 'a', instanceId: dead.wired.instance.id });
    await alive.wired.executions.create({ ...run, id: 'own', jobId: 'b', instanceId: alive.wired.instance.id });
    await alive.wired.rescuer.rescue();
    expect(events).toEqual([]);
    await store.time.advance(15_001);
    await alive.wired.rescuer.rescue();
    await alive.wired.rescuer.rescue();
    expect(events).toMatchObject([{ type: 'run.lost', jobId: 'a', executionId: 'theirs', scheduledAt: at }]);
    expect(alive.logger.lines).toMatchObject([{ level: 'warn', properties: { jobId: 'a', executionId: 'theirs' } }]);
    expect(store.executions.get('own')?.status).toBe('RUNNING');
  });

  describe('of more than a beat makes good', () => {
    /** Portions of the dead: so many are left behind, and each takes so long. */
    async function withPortions(left: number, tookMs = 0) {
      const store = newStore();
      const { wired, link } = createEngine({ store });
      await wired.lease.renew();
      const asked: (string | null)[] = [];
      const instances = {
        rescue: async (_: string, from: string | null = null) => {
          asked.push(from);
          store.time.leap(tookMs);
          const next = Number(from ?? 0) + 1;
          return { lost: [], rest: next < left ? String(next) : null };
        },
      };
      Object.assign(wired.instances, instances);
      return { store, wired, link, asked };
    }

    it('asks three portions, and goes on where it stopped, from the first once it was through', async () => {
      const { wired, asked } = await withPortions(5);
      expect(await wired.rescuer.rescue()).toBe(true);
      expect(asked.splice(0)).toEqual([null, '1', '2']);
      expect(await wired.rescuer.rescue()).toBe(false);
      expect(asked.splice(0)).toEqual(['3', '4']);
      await wired.rescuer.rescue();
      expect(asked).toEqual([null, '1', '2']);
    });

    it('does not ask on and on where an id comes back as another than it is', async () => {
      const { wired } = await withPortions(1);
      let asked = 0;
      wired.aheadClaims.giveBackOfDead = async () => {
        asked += 1;
        return { unstarted: [], rest: 'never further' };
      };
      expect(await wired.rescuer.rescue()).toBe(false);
      expect(asked).toBe(2);
    });

    it('waits for nothing that is being read of what it gave back', async () => {
      const { wired, link, store } = await withPortions(1);
      const dead = { id: 'x', jobId: 'a', scheduledAt: new Date(store.now()), instanceId: 'gone' };
      wired.aheadClaims.giveBackOfDead = async () => ({ unstarted: [{ ...dead, isClaimable: true }], rest: null });
      const letGo = link.holdAnswer('configs.getStanding');
      expect(await wired.rescuer.rescue()).toBe(false);
      expect(link.countOf('configs.getStanding')).toBe(1);
      letGo();
    });

    it('asks one of each kind where the first one takes long', async () => {
      const { wired, link, asked } = await withPortions(5, 1_500);
      expect(await wired.rescuer.rescue()).toBe(true);
      expect([asked, link.countOf('ahead.giveBackOfDead')]).toEqual([[null], 1]);
    });

    it('the next beat comes at once, and renews the lease, until nothing is left', async () => {
      const { store, wired, link, asked } = await withPortions(20);
      await wired.supervisor.start();
      await store.time.advance(1);
      expect([asked.length, link.countOf('instances.renew')]).toEqual([20, 1 + 7]);
      await store.time.advance(4_000);
      expect(asked).toHaveLength(20);
      await wired.supervisor.stop();
    });
  });

  describe('a record of this instance that says RUNNING', () => {
    const MINUTE = 60_000;

    async function withRecord() {
      const store = newStore();
      const engine = createEngine({ store, jobs: { a: () => new Promise(() => {}) } });
      const { wired } = engine;
      const events: BusEvent[] = [];
      wired.bus.subscribe((event) => events.push(event));
      const at = new Date(store.now());
      const run: Run = {
        ...{ id: 'x', jobId: 'a', scheduledAt: at, startedAt: at, attempt: 1, maxAttempts: 1, jobKwargs: {} },
        ...{ trigger: 'schedule', instanceId: wired.instance.id },
      };
      store.save('a', { enabled: false, onLost: 'retry' });
      await wired.lease.renew();
      await wired.executions.create(run);
      const pass = async (minutes: number) => {
        for (let passed = 0; passed < minutes; passed += 1) {
          for (let renewed = 0; renewed < 12; renewed += 1) {
            await store.time.advance(MINUTE / 12);
            await wired.lease.renew();
          }
          await wired.rescuer.endUnknown();
        }
      };
      return { store, ...engine, events, run, pass };
    }

    it('and that nobody here knows of is LOST, once it was unknown twice, a minute apart', async () => {
      const { store, events, logger, pass } = await withRecord();
      await pass(2);
      expect([store.executions.get('x')?.status, events]).toEqual(['RUNNING', []]);
      await pass(1);
      expect(store.executions.get('x')).toMatchObject({
        status: 'FAILED',
        failureReason: 'LOST',
        durationMs: 3 * MINUTE,
      });
      expect(events).toMatchObject([{ type: 'run.lost', jobId: 'a', executionId: 'x' }]);
      expect(logger.lines).toMatchObject([{ level: 'error', properties: { jobId: 'a', executionId: 'x' } }]);
      expect([...store.pending.values()]).toMatchObject([{ jobId: 'a', attempt: 2 }]);
      await pass(3);
      expect(events).toHaveLength(1);
    });

    it('is left alone where it runs, waits to start, behind one without a record too, or its outcome is held here', async () => {
      for (const owner of ['dispatcher', 'unrecorded', 'held', 'journal'] as const) {
        const { store, wired, registry, run, pass } = await withRecord();
        const config = store.configs.get('a')!;
        if (owner === 'held') wired.held.hold({ run, config, nextFireAt: null, tick: 0, renewals: 1 });
        if (owner === 'dispatcher') wired.dispatcher.dispatch({ ...run, isRecorded: true }, config, registry);
        if (owner === 'unrecorded') {
          wired.dispatcher.dispatch({ ...run, id: 'y', isRecorded: false }, config, registry);
          wired.dispatcher.noteUnrecorded('y');
        }
        if (owner === 'journal') {
          const outcome = { status: 'SUCCESS', finishedAt: new Date(), durationMs: 1, result: null } as const;
          wired.journal.hold({ run, outcome, isRecorded: true, mayBeRecorded: false });
        }
        await pass(5);
        expect([owner, store.executions.get('x')]).toMatchObject([owner, { status: 'RUNNING' }]);
      }
    });

    it('and was unknown once is asked twice anew where the lease came into doubt since', async () => {
      const { store, wired, pass } = await withRecord();
      await pass(2);
      wired.lease.doubt();
      await pass(1);
      expect(store.executions.get('x')?.status).toBe('RUNNING');
      await pass(1);
      expect(store.executions.get('x')?.status).toBe('FAILED');
    });

    it('and was unknown once is left alone where it is known by the second time', async () => {
      const { store, wired, run, pass } = await withRecord();
      await pass(2);
      wired.held.hold({ run, config: store.configs.get('a')!, nextFireAt: null, tick: 0, renewals: 1 });
      await pass(1);
      wired.held.forget({ run, config: store.configs.get('a')!, nextFireAt: null, tick: 0, renewals: 1 });
      await pass(1);
      expect(store.executions.get('x')?.status).toBe('RUNNING');
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { ReadinessCheck } from '../../../../../src/modules/foundation/application/ports/readiness.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const SECOND = 1_000;

function setUp(maxConcurrentRuns = 10) {
  const store = newStore();
  store.save('a', { cronExpression: '* * * * *', outagePolicy: 'hold' });
  const engine = createEngine({ store, maxConcurrentRuns, jobs: { a: () => new Promise(() => {}) } });
  const check = (name: ReadinessCheck['name']): ReadinessCheck =>
    engine.wired.readiness.report().checks.find((one) => one.name === name)!;
  const failing = () => engine.wired.readiness.report().checks.flatMap(({ name, ok }) => (ok ? [] : [name]));
  return { store, engine, time: store.time, check, failing };
}

describe('EngineReadiness', () => {
  it('is degraded before the start, and says what is missing', async () => {
    const { store, check, failing } = setUp();
    await store.time.advance(100 * SECOND);
    expect(failing()).toEqual(['database', 'migrations', 'scheduler']);
    expect(check('scheduler').detail).toContain('not been started');
  });

  it('is normal once it is started, and stays so without asking anybody', async () => {
    const { engine, time, failing } = setUp();
    await engine.start();
    expect(failing()).toEqual([]);
    await time.advance(50 * SECOND);
    const before = [...engine.link.calls.values()].reduce((sum, calls) => sum + calls, 0);
    expect(engine.wired.readiness.report().mode).toBe('normal');
    expect([...engine.link.calls.values()].reduce((sum, calls) => sum + calls, 0)).toBe(before);
  });

  it('says that the database is away, why, and what heals it', async () => {
    const { store, engine, time, check, failing } = setUp();
    await engine.start();
    store.isAway = true;
    await time.advance(10 * SECOND);
    expect(failing()).toContain('database');
    expect(check('database').detail).toMatch(/a database in memory.*away.*every second/);
    expect(check('migrations').ok).toBe(true);
    store.isAway = false;
    await time.advance(2 * SECOND);
    expect(failing()).toEqual([]);
  });

  it('says that the loop no longer turns', async () => {
    const { engine, time, check } = setUp();
    await engine.start();
    await engine.wired.loop.stop();
    await time.advance(64 * SECOND);
    expect(check('scheduler').ok).toBe(true);
    await time.advance(4 * SECOND);
    expect(check('scheduler')).toMatchObject({ ok: false, detail: expect.stringMatching(/not turned for \d+ ms/) });
  });

  it('says how long the oldest due occurrence has waited for the database', async () => {
    const { store, engine, time, check } = setUp();
    await engine.start();
    store.isAway = true;
    await time.advance(62 * SECOND);
    expect(check('occurrences').ok).toBe(true);
    await time.advance(2 * SECOND);
    expect(check('occurrences').ok).toBe(false);
    expect(check('occurrences').detail).toMatch(/waited 6\d{4} ms/);
  });

  it('says how long the oldest due occurrence has waited for a slot', async () => {
    const { store, engine, time, check } = setUp(1);
    store.save('b', { cronExpression: '30 * * * *', handler: 'a' });
    await engine.start();
    await time.advance(30 * 60 * SECOND + 50 * SECOND);
    expect(check('occurrences').ok).toBe(false);
  });
});

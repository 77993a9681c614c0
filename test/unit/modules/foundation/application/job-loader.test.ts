import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { settle } from '../../../../support/manual-time.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-01-02T12:00:00Z');

function setUp(jobIds: readonly string[] = ['a']) {
  const store = newStore();
  for (const jobId of jobIds) store.save(jobId, { cronExpression: '* * * * *' });
  const engine = createEngine({ store, jobs: Object.fromEntries(['a', 'b', 'c'].map((id) => [id, () => null])) });
  const { directory, loader } = engine.wired;
  directory.useRegistry(engine.registry);
  const listed = () => directory.list().map(({ jobId, nextFireAt }) => `${jobId} ${iso(nextFireAt)}`);
  return { store, engine, directory, loader, listed, link: engine.link, logger: engine.logger };
}

const iso = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString().slice(11, 19));

describe('JobLoader.loadAll()', () => {
  it('arms every enabled row, and tells the directory when to look', async () => {
    const { store, loader, listed, directory } = setUp(['a', 'b']);
    store.save('c', { enabled: false });
    await loader.loadAll();
    expect(listed()).toEqual(['a 12:00:00', 'b 12:00:00']);
    expect(store.cursors.get('a')).toMatchObject({ nextFireAt: new Date(NOON) });
    expect(store.cursors.get('c')).toMatchObject({ nextFireAt: 'unarmed' });
    expect(directory.nextLook('persisted')).toBe(NOON);
  });

  it('keeps a cursor that is armed, also one in the past', async () => {
    const { store, loader, listed, link } = setUp();
    store.setCursor('a', new Date(NOON - 5 * MINUTE));
    await loader.loadAll();
    expect(listed()).toEqual(['a 11:55:00']);
    expect(link.countOf('claims.arm')).toBe(0);
  });

  it('arms from the edit on, however much later it is read, and never from an instant to come', async () => {
    const { store, loader, listed } = setUp([]);
    store.save('a', { cronExpression: '* * * * *', updatedAt: new Date(NOON - 5 * MINUTE) });
    store.save('b', { cronExpression: '* * * * *', updatedAt: new Date(NOON + 5 * MINUTE) });
    store.save('c', { cronExpression: '* * * * *', updatedAt: new Date(0), startAt: new Date(NOON - 2 * MINUTE) });
    await loader.loadAll();
    expect(listed()).toEqual(['a 11:56:00', 'b 12:00:00', 'c 11:58:00']);
  });

  it('two that arm at once agree on what was armed first', async () => {
    const store = newStore();
    store.save('a', { cronExpression: '* * * * *' });
    const engines = [createEngine({ store, jobs: { a: () => 1 } }), createEngine({ store, jobs: { a: () => 1 } })];
    for (const { wired, registry, link } of engines) {
      wired.directory.useRegistry(registry);
      link.latencyMs = 10;
    }
    const loading = Promise.all(engines.map(({ wired }) => wired.loader.loadAll()));
    await store.time.advance(MINUTE);
    await loading;
    expect(engines.map(({ wired }) => wired.directory.get('a')?.dueAt)).toEqual([NOON, NOON]);
  });

  it('takes out what is no longer enabled, and nothing that was registered by hand', async () => {
    const { store, loader, listed, engine } = setUp(['a', 'b']);
    engine.wired.scheduler.registerJob({
      jobId: 'm',
      cronExpression: '* * * * *',
      dialect: 'unix',
      timezone: 'UTC',
      run: () => 1,
    });
    await loader.loadAll();
    store.save('a', { enabled: false });
    store.remove('b');
    await loader.loadAll();
    expect(listed()).toEqual(['m 12:00:00']);
  });

  for (const call of ['configs.getStanding', 'claims.arm']) {
    it(`changes nothing where ${call} fails, and a poll makes it good`, async () => {
      const { store, loader, listed, link } = setUp(['a', 'b']);
      await loader.loadAll();
      store.save('b', { enabled: false });
      store.save('c', { cronExpression: '* * * * *' });
      link.failNext(call, new DatabaseUnavailableError('away'));
      await expect(loader.loadAll()).rejects.toThrow(DatabaseUnavailableError);
      expect(listed()).toEqual(['a 12:00:00', 'b 12:00:00']);
      await loader.reloadChanged();
      expect(listed()).toEqual(['a 12:00:00', 'c 12:00:00']);
    });
  }

  it('a row that cannot be scheduled is named once a revision, and touches no other', async () => {
    const { store, loader, listed, logger } = setUp(['a']);
    store.save('b', { cronExpression: 'nonsense' });
    store.save('unknown', { cronExpression: '* * * * *' });
    await loader.loadAll();
    await loader.loadAll();
    expect(listed()).toEqual(['a 12:00:00']);
    expect(logger.lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining("'b' is invalid"), properties: { jobId: 'b' } },
      { level: 'warn', message: expect.stringContaining("'unknown' is skipped"), properties: { handler: 'unknown' } },
    ]);
    store.save('b', { cronExpression: 'more nonsense' });
    await loader.loadAll();
    expect(logger.lines).toHaveLength(3);
    store.save('b', { cronExpression: '0 13 * * *' });
    await loader.loadAll();
    expect(listed()).toEqual(['a 12:00:00', 'b 13:00:00']);
  });

  it('a row that becomes invalid is taken out', async () => {
    const { store, loader, listed } = setUp(['a', 'b']);
    await loader.loadAll();
    store.save('b', { timezone: 'Mars/Olympus' });
    await loader.reload(['b']);
    expect(listed()).toEqual(['a 12:00:00']);
  });
});

describe('JobLoader with pauses', () => {
  const pausedAt = new Date(NOON - 3_000);

  it('leaves out what is paused until somebody resumes it', async () => {
    const { store, loader, listed } = setUp(['a', 'b']);
    await loader.loadAll();
    store.save('a', { pausedAt });
    await loader.reload(['a']);
    expect(listed()).toEqual(['b 12:00:00']);
    expect(store.cursors.get('a')).toMatchObject({ nextFireAt: new Date(NOON) });
    store.save('a', { pausedAt: null });
    await loader.reload(['a']);
    expect(listed()).toContain('a 12:00:00');
  });

  it('arms what is paused for what follows its edit, and looks at it when the pause ends, if it ends by itself', async () => {
    const { store, loader, listed, directory } = setUp(['c']);
    store.save('a', { cronExpression: '* * * * *', pausedAt, pausedUntil: new Date(NOON + 5 * MINUTE) });
    store.save('c', { pausedAt });
    await loader.loadAll();
    expect(listed()).toEqual(['a 12:00:00']);
    expect(directory.lookOf('a')).toBe(NOON + 5 * MINUTE);
    expect(store.cursors.get('c')).toMatchObject({ nextFireAt: new Date(NOON) });
  });

  it('a pause that is over is none', async () => {
    const { store, loader, listed } = setUp();
    store.save('a', { pausedAt, pausedUntil: new Date(NOON - 3_000) });
    await loader.loadAll();
    expect(listed()).toEqual(['a 12:00:00']);
  });
});

describe('JobLoader.reload() and reloadChanged()', () => {
  it('an edit takes effect, and other jobs are not read', async () => {
    const { store, loader, listed } = setUp(['a', 'b']);
    await loader.loadAll();
    store.save('b', { cronExpression: '0 14 * * *' });
    await loader.reload(['b', 'never-there']);
    expect(listed()).toEqual(['a 12:00:00', 'b 14:00:00']);
  });

  it('reads what changed and what is gone, and nothing where nothing did', async () => {
    const { store, loader, listed, link } = setUp(['a', 'b']);
    await loader.loadAll();
    await loader.reloadChanged();
    expect(link.countOf('configs.getStanding')).toBe(1);
    store.remove('a');
    store.save('c', { cronExpression: '0 15 * * *' });
    await loader.reloadChanged();
    expect(listed()).toEqual(['b 12:00:00', 'c 15:00:00']);
    await loader.reloadChanged();
    expect(link.countOf('configs.getStanding')).toBe(2);
  });

  for (const call of ['configs.getStanding', 'claims.arm']) {
    it(`what was not read because ${call} failed is read by the next poll`, async () => {
      const { store, loader, listed, link } = setUp(['a']);
      await loader.loadAll();
      store.save('a', { cronExpression: '0 16 * * *' });
      link.failNext(call, new DatabaseUnavailableError('away'));
      await expect(loader.reload(['a'])).rejects.toThrow();
      await loader.reloadChanged();
      expect(listed()).toEqual(['a 16:00:00']);
    });
  }

  it('an older reading never overwrites a newer one', async () => {
    const { store, loader, directory, link } = setUp(['a']);
    await loader.loadAll();
    store.save('a', { cronExpression: '0 16 * * *' });
    const letGo = link.holdAnswer('configs.getStanding');
    const older = loader.reload(['a']);
    await settle();
    store.save('a', { cronExpression: '0 17 * * *' });
    const newer = loader.reload(['a']);
    await settle();
    letGo();
    await Promise.all([older, newer]);
    expect(directory.list()).toMatchObject([{ cronExpression: '0 17 * * *', nextFireAt: NOON + 300 * MINUTE }]);
  });

  it('a cursor that somebody else has locked just then is read again when all the rest is read', async () => {
    const { store, loader, listed, engine } = setUp(['a', 'b']);
    const { claims } = engine.wired;
    const arm = claims.arm.bind(claims);
    claims.arm = async (cursors) => {
      claims.arm = arm;
      const armed = await arm(cursors.filter(({ jobId }) => jobId === 'b'));
      await store.time.pass(1);
      return armed;
    };
    const loading = loader.loadAll();
    await store.time.advance(10);
    await loading;
    expect(listed()).toEqual(['a 12:00:00', 'b 12:00:00']);
  });

  it('a cursor that stays unarmed, because somebody else has it locked, is read by the next poll', async () => {
    const { store, loader, listed, link, engine } = setUp(['a']);
    const { claims } = engine.wired;
    const arm = claims.arm.bind(claims);
    claims.arm = async () => new Set();
    await loader.loadAll();
    expect(listed()).toEqual(['a never']);
    claims.arm = arm;
    await loader.reloadChanged();
    expect(listed()).toEqual(['a 12:00:00']);
    expect(link.countOf('claims.arm')).toBe(1);
    expect(store.cursors.get('a')?.nextFireAt).toEqual(new Date(NOON));
  });
});

/** JobLoader and single rows: those that nothing can be run of here, those that others arm, and what it counts as seen. */
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-01-02T12:00:00Z');

function setUp() {
  const store = newStore();
  const engine = createEngine({ store, jobs: { a: () => null, b: () => null } });
  const { directory, loader, claims } = engine.wired;
  directory.useRegistry(engine.registry);
  store.save('a', { cronExpression: '* * * * *' });
  const dueAt = (jobId = 'a') => directory.get(jobId)?.dueAt;
  const left = () => loader.leftOut.map(({ config }) => config.jobId);
  return { store, directory, loader, claims, link: engine.link, logger: engine.logger, dueAt, left };
}

describe('JobLoader.leftOut', () => {
  it.for(['loadAll', 'reload'] as const)(
    'forgets by %s() a row that is gone, and one that is corrected',
    async (way) => {
      const { store, loader, left } = setUp();
      const read = () => (way === 'loadAll' ? loader.loadAll() : loader.reload(['gone', 'b']));
      store.save('gone', { cronExpression: '* * * * *' });
      store.save('b', { cronExpression: 'nonsense' });
      await read();
      expect(left()).toEqual(expect.arrayContaining(['gone', 'b']));
      store.remove('gone');
      store.save('b', { cronExpression: '* * * * *' });
      await read();
      expect(left()).toEqual([]);
    },
  );

  it('counts as seen, though its cursor is not armed, and is named with its function', async () => {
    const { store, loader, link, logger } = setUp();
    store.save('unknown', { cronExpression: '* * * * *', handler: 'elsewhere' });
    await loader.loadAll();
    expect(logger.lines).toMatchObject([{ level: 'warn', properties: { jobId: 'unknown', handler: 'elsewhere' } }]);
    await loader.reloadChanged();
    expect(link.countOf('configs.getStanding')).toBe(1);
  });
});

describe('JobLoader and cursors', () => {
  it('takes at once what somebody else has armed meanwhile', async () => {
    const { loader, claims, dueAt } = setUp();
    const arm = claims.arm.bind(claims);
    claims.arm = async (cursors) => (await arm(cursors), new Set());
    await loader.reload(['a']);
    expect(dueAt()).toBe(NOON);
  });

  it('takes one that comes to nothing any more for armed', async () => {
    const { store, loader, link, dueAt } = setUp();
    store.save('a', { cronExpression: '* * * * *', endAt: new Date(NOON - MINUTE) });
    await loader.loadAll();
    expect([dueAt(), store.cursors.get('a')?.nextFireAt]).toEqual([null, 'exhausted']);
    expect(link.countOf('configs.getStanding')).toBe(1);
  });

  it('arms none that is of another revision of the row', async () => {
    const { store, loader, link, dueAt } = setUp();
    store.cursors.set('a', { jobId: 'a', revision: -1, nextFireAt: 'unarmed' });
    await loader.reload(['a']);
    expect([link.countOf('claims.arm'), dueAt()]).toEqual([0, null]);
  });

  it('arms from now on where the row says of its edit what is no instant', async () => {
    const { store, loader, dueAt } = setUp();
    store.save('a', { cronExpression: '* * * * *', updatedAt: new Date(Number.NaN) });
    await loader.reload(['a']);
    expect(dueAt()).toBe(NOON);
  });

  it('looks when it is due where a pause ends before that, or has ended', async () => {
    const { store, loader, directory } = setUp();
    const pausedAt = new Date(NOON - 10 * MINUTE);
    store.save('a', { cronExpression: '* * * * *', pausedAt, pausedUntil: new Date(NOON - 1_000) });
    store.setCursor('a', new Date(NOON));
    store.save('b', { cronExpression: '* * * * *', pausedAt, pausedUntil: new Date(NOON - 5_000) });
    store.setCursor('b', new Date(NOON - 5 * MINUTE));
    await loader.loadAll();
    expect([directory.lookOf('a'), directory.lookOf('b')]).toEqual([NOON, NOON - 5 * MINUTE]);
  });
});

describe('JobLoader and what it has seen', () => {
  it('reads very many rows that are named, in pages', async () => {
    const { store, loader, directory, link } = setUp();
    const jobIds = Array.from({ length: 1_200 }, (_, number) => `many-${number}`);
    for (const jobId of jobIds) store.save(jobId, { handler: 'b' });
    await loader.reload(jobIds);
    expect([directory.size, link.countOf('configs.getStanding')]).toEqual([1_200, 2]);
  });

  it('reads again at the next poll what somebody had locked, and could not be read again', async () => {
    const { loader, claims, link, dueAt } = setUp();
    const arm = claims.arm.bind(claims);
    claims.arm = async () => {
      claims.arm = arm;
      link.failNext('configs.getStanding', new DatabaseUnavailableError('away'));
      return new Set();
    };
    await expect(loader.loadAll()).rejects.toThrow(DatabaseUnavailableError);
    await loader.reloadChanged();
    expect(dueAt()).toBe(NOON);
  });

  it('compares every row, whatever their sum is, after a gap, and after a comparison that failed', async () => {
    const { store, loader, link } = setUp();
    await loader.loadAll();
    const asked = () => [link.countOf('configs.getRevisionSum'), link.countOf('configs.getRevisions')];
    await loader.reloadChanged();
    expect(asked()).toEqual([1, 0]);
    loader.noteGap();
    await loader.reloadChanged();
    expect(asked()).toEqual([1, 1]);
    store.save('b', { cronExpression: '* * * * *' });
    link.failNext('configs.getRevisions', new DatabaseUnavailableError('away'));
    await expect(loader.reloadChanged()).rejects.toThrow(DatabaseUnavailableError);
    await loader.reloadChanged();
    expect(asked()).toEqual([2, 3]);
  });
});

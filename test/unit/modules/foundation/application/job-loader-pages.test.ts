/** Very many rows are read in pages. */
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { settle } from '../../../../support/manual-time.ts';

function setUp() {
  const store = newStore();
  const engine = createEngine({ store, jobs: { a: () => null, b: () => null } });
  const { directory, loader } = engine.wired;
  directory.useRegistry(engine.registry);
  return { store, engine, directory, loader, link: engine.link };
}

describe('JobLoader.loadAll()', () => {
  it('reads very many rows in pages, arms all that are enabled, and takes out what is gone', async () => {
    const { store, loader, directory, link } = setUp();
    store.save('a', { cronExpression: '* * * * *' });
    await loader.loadAll();
    store.remove('a');
    for (let n = 0; n < 4_500; n += 1) store.save(`many-${n}`, { handler: 'b', enabled: n % 2 === 0 });
    await loader.loadAll();
    expect(directory.list()).toHaveLength(2_250);
    const pages = link.countOf('configs.getStanding');
    expect(pages).toBeGreaterThan(2);
    await loader.reloadChanged();
    expect(link.countOf('configs.getStanding')).toBe(pages);
  });

  it('a page that comes again and again, since its last id is read as another one, ends the reading', async () => {
    const { store, loader, directory, engine } = setUp();
    for (let n = 0; n < 1_000; n += 1) store.save(`many-${n}`, { handler: 'b' });
    const { configs } = engine.wired;
    const getStanding = configs.getStanding.bind(configs);
    configs.getStanding = (which) => getStanding('after' in which ? { ...which, after: null } : which);
    await loader.loadAll();
    expect(directory.size).toBe(1_000);
  });

  it('a page that cannot be read while the one before cannot be armed is no error that nobody catches', async () => {
    const { store, loader, engine, link } = setUp();
    for (let n = 0; n < 1_001; n += 1) store.save(`many-${n}`, { handler: 'b' });
    const { configs } = engine.wired;
    const getStanding = configs.getStanding.bind(configs);
    const reading = Promise.withResolvers<never>();
    configs.getStanding = (which) => ('after' in which && which.after !== null ? reading.promise : getStanding(which));
    const refused = new DatabaseUnavailableError('of the first page');
    link.failNext('claims.arm', refused);
    const uncaught: unknown[] = [];
    const listener = (error: unknown): void => void uncaught.push(error);
    process.on('unhandledRejection', listener);
    await expect(loader.loadAll()).rejects.toBe(refused);
    reading.reject(new DatabaseUnavailableError('of the second'));
    await settle();
    process.off('unhandledRejection', listener);
    expect(uncaught).toEqual([]);
  });
});

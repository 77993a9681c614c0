/** What JobLoader and the directory keep of a job, once its row is gone. */
import { describe, expect, it } from 'vitest';
import { createEngine, newStore } from '../../../../support/engine.ts';

const NOON = Date.parse('2026-01-02T12:00:00Z');
const NEVER = Number.NEGATIVE_INFINITY;

function setUp() {
  const store = newStore();
  const engine = createEngine({ store, jobs: Object.fromEntries(['a', 'b', 'c'].map((id) => [id, () => null])) });
  const { directory, loader } = engine.wired;
  directory.useRegistry(engine.registry);
  const loadStarted = async (jobIds: readonly string[]) => {
    for (const jobId of jobIds) store.save(jobId, { cronExpression: '* * * * *' });
    await loader.loadAll();
    for (const jobId of jobIds) directory.noteStart({ jobId, scheduledAt: new Date(NOON), trigger: 'schedule' });
  };
  const startedUntil = () => ['a', 'b', 'c'].map((jobId) => directory.startedUntil(jobId));
  return { store, loader, logger: engine.logger, loadStarted, startedUntil };
}

describe('JobLoader', () => {
  it('forgets with its row what was started of a job, and not before', async () => {
    const { store, loader, loadStarted, startedUntil } = setUp();
    await loadStarted(['a', 'b']);
    store.remove('a');
    store.save('b', { enabled: false });
    await loader.reload(['a', 'b']);
    expect(startedUntil()).toEqual([NEVER, NOON, NEVER]);
  });

  it('forgets it too where all rows are read, also of a job that was disabled before', async () => {
    const { store, loader, loadStarted, startedUntil } = setUp();
    await loadStarted(['a', 'b', 'c']);
    for (const jobId of ['b', 'c']) store.save(jobId, { enabled: false });
    await loader.reload(['b', 'c']);
    for (const jobId of ['a', 'b']) store.remove(jobId);
    await loader.loadAll();
    expect(startedUntil()).toEqual([NEVER, NEVER, NOON]);
  });

  it('names a row again that was left out, went, and comes back as it was', async () => {
    const { store, loader, logger } = setUp();
    const row = store.save('b', { cronExpression: 'nonsense' });
    await loader.loadAll();
    store.configs.delete('b');
    await loader.reload(['b']);
    store.configs.set('b', row);
    await loader.reload(['b']);
    await loader.reload(['b']);
    expect([logger.lines.length, loader.leftOut.length]).toEqual([2, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { DatabaseBusyError, DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { Outcome, Run } from '../../../../../src/modules/foundation/domain/run.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const AWAY = new DatabaseUnavailableError('away');
const AT = new Date('2026-01-02T12:00:00Z');
const SUCCESS: Outcome = { status: 'SUCCESS', finishedAt: AT, durationMs: 5, result: { pages: 3 } };
const FAILED: Outcome = {
  status: 'FAILED',
  finishedAt: AT,
  durationMs: 5,
  failureReason: 'ERROR',
  errorMessage: 'it broke',
  errorStack: 'at a',
};

function setUp() {
  const store = newStore();
  const { wired, link, logger } = createEngine({ store });
  const run = (id: string): Run => ({
    ...{
      id,
      jobId: id,
      scheduledAt: AT,
      startedAt: AT,
      attempt: 1,
      maxAttempts: 1,
      trigger: 'schedule',
      jobKwargs: {},
    },
    instanceId: wired.instance.id,
  });
  const hold = (id: string, outcome: Outcome = SUCCESS): void =>
    wired.journal.hold({ run: run(id), outcome, isRecorded: false });
  return { store, journal: wired.journal, executions: wired.executions, link, logger, hold, run };
}

describe('OutageJournal', () => {
  it('flush() writes what is held, the start where that was not recorded either', async () => {
    const { store, journal, executions, hold, run, logger } = setUp();
    hold('a');
    hold('b', FAILED);
    await executions.create(run('c'));
    journal.hold({ run: run('c'), outcome: SUCCESS, isRecorded: true });
    expect([journal.size, journal.runIds]).toEqual([3, ['a', 'b', 'c']]);
    await journal.flush();
    expect(journal.size).toBe(0);
    expect(['a', 'b', 'c'].map((id) => store.executions.get(id)?.status)).toEqual(['SUCCESS', 'FAILED', 'SUCCESS']);
    expect(logger.lines).toMatchObject([{ level: 'info', message: expect.stringMatching(/^3 execution records/) }]);
  });

  it('flush() with nothing held asks and says nothing', async () => {
    const { journal, link, logger } = setUp();
    await journal.flush();
    expect([link.calls.size, logger.lines]).toEqual([0, []]);
  });

  it('keeps the rest where the database goes away meanwhile, and waits for all that is under way', async () => {
    const { store, journal, link, hold } = setUp();
    hold('a');
    hold('b');
    hold('c');
    link.failNext('executions.update', AWAY);
    await expect(journal.flush()).rejects.toBe(AWAY);
    expect(journal.size).toBe(1);
    expect([...store.executions.values()].filter((run) => run.status === 'SUCCESS')).toHaveLength(2);
    await journal.flush();
    expect(journal.size).toBe(0);
  });

  it('a lost answer does not look like somebody else’s record', async () => {
    const { journal, link, hold, logger } = setUp();
    hold('a');
    link.loseAnswer('executions.update');
    await expect(journal.flush()).rejects.toThrow();
    await journal.flush();
    expect(journal.size).toBe(0);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('two flushes at once are one', async () => {
    const { journal, link, hold } = setUp();
    hold('a');
    await Promise.all([journal.flush(), journal.flush()]);
    expect(link.countOf('executions.update')).toBe(1);
  });

  it('drops a record that another has recorded as lost, and says so', async () => {
    const { store, journal, executions, run, logger } = setUp();
    await executions.create(run('a'));
    store.executions.set('a', { ...store.executions.get('a')!, status: 'FAILED', failureReason: 'LOST' });
    journal.hold({ run: run('a'), outcome: SUCCESS, isRecorded: true });
    await journal.flush();
    expect([journal.size, store.executions.get('a')?.failureReason]).toEqual([0, 'LOST']);
    expect(logger.lines).toMatchObject([{ level: 'warn', properties: { executionId: 'a', outcome: 'SUCCESS' } }]);
  });

  it('a record that is refused holds up no other, and is written without its contents', async () => {
    const { store, journal, link, hold, logger } = setUp();
    hold('a');
    hold('b', FAILED);
    hold('c');
    link.failNext('executions.update', new Error('the result has a NUL'));
    link.failNext('executions.update', new Error('the message has a NUL'));
    await journal.flush();
    expect(journal.runIds).toEqual(['a', 'b']);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    await journal.flush();
    expect(journal.size).toBe(0);
    expect(store.executions.get('a')).toMatchObject({ status: 'SUCCESS', result: null });
    expect(store.executions.get('b')).toMatchObject({ status: 'FAILED', errorStack: null });
    expect(store.executions.get('b')?.errorMessage).toContain('the message has a NUL');
  });

  it('a record whose row somebody holds is kept whole, and keeps no other waiting', async () => {
    const { store, journal, link, hold, logger } = setUp();
    for (const id of ['a', 'b']) hold(id);
    link.failNext('executions.update', new DatabaseBusyError('held for 4 s'));
    await journal.flush();
    expect([journal.runIds, logger.lines.filter(({ level }) => level !== 'info')]).toEqual([['a'], []]);
    await journal.flush();
    expect(store.executions.get('a')).toMatchObject({ status: 'SUCCESS', result: { pages: 3 } });
  });

  it('one that is refused whatever it says stays held, and is logged once', async () => {
    const { store, journal, link, hold, logger } = setUp();
    hold('a', FAILED);
    for (let times = 0; times < 5; times += 1) {
      link.failNext('executions.update', new Error('no such column'));
      await journal.flush();
    }
    expect([journal.size, logger.lines.length]).toEqual([1, 1]);
    await journal.flush();
    expect([journal.size, store.executions.get('a')?.status]).toEqual([0, 'FAILED']);
  });

  it('keeps every record that a claim may have begun, and counts others in its place', () => {
    const { journal, run } = setUp();
    const at = (second: number): Run => ({ ...run(`run-${second}`), jobId: 'a', scheduledAt: new Date(+AT + second) });
    journal.hold({ run: at(0), outcome: SUCCESS, isRecorded: false, mayBeRecorded: true });
    for (let second = 1; second <= 600; second += 1)
      journal.hold({ run: at(second), outcome: SUCCESS, isRecorded: false });
    expect(journal.runIds).toHaveLength(500);
    expect(journal.runIds).toContain('run-0');
    expect(journal.runIds).not.toContain('run-1');
  });
});

/** How many records the journal keeps of what ran without the database, of one job and of all. */
import { describe, expect, it } from 'vitest';
import { OutageJournal } from '../../../../../src/modules/foundation/application/outage-journal.ts';
import { DatabaseBusyError, DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { Outcome, Run } from '../../../../../src/modules/foundation/domain/run.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

const AT = Date.parse('2026-01-02T12:00:00Z');
const OF_A_JOB = 500;
const IN_ALL = 20_000;
const SUCCESS: Outcome = { status: 'SUCCESS', finishedAt: new Date(AT), durationMs: 0, result: null };

function setUp() {
  const store = newStore();
  const { wired } = createEngine({ store });
  const { executions, ledger, lease, logger } = wired;
  const forgotten: string[] = [];
  const written: string[] = [];
  executions.create = async () => {};
  executions.update = async ({ id }) => written.push(id) > 0;
  const output = {
    conclude: <T>(_id: string, record: () => Promise<T>) => record(),
    forget: (id: string) => void forgotten.push(id),
  };
  const journal = new OutageJournal({ executions, ledger, lease, logger, output });
  const run = (jobId: string, second: number): Run => ({
    ...{ id: `${jobId} ${second}`, jobId, scheduledAt: new Date(AT + second * 1_000), startedAt: new Date(AT) },
    ...{ attempt: 1, maxAttempts: 1, trigger: 'schedule', jobKwargs: {}, instanceId: wired.instance.id },
  });
  const hold = (jobId: string, from: number, to: number, more: { mayBeRecorded?: boolean } = {}) => {
    for (let second = from; second <= to; second += 1)
      journal.hold({ run: run(jobId, second), outcome: SUCCESS, isRecorded: false, ...more });
  };
  const fill = (jobs: number) => {
    for (let job = 0; job < jobs; job += 1) hold(`full-${job}`, 1, 1);
  };
  const secondsOf = (jobId: string) => journal.unrecordedOf(jobId).map(({ id }) => Number(id.split(' ')[1]));
  return { store, journal, ledger, hold, fill, secondsOf, forgotten, written };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('OutageJournal.hold()', () => {
  it('of one job keeps the newest, and what the others have said is forgotten with them', () => {
    const { journal, hold, secondsOf, forgotten } = setUp();
    hold('a', 1, OF_A_JOB + 3);
    hold('b', 1, 2);
    expect(secondsOf('a')).toEqual(range(4, OF_A_JOB + 3));
    expect(secondsOf('b')).toEqual([1, 2]);
    expect(forgotten).toEqual(['a 1', 'a 2', 'a 3']);
    // The count of those that were left out is one more thing to be written.
    expect(journal.size).toBe(OF_A_JOB + 2 + 1);
  });

  it('of all jobs together keeps so many, and the newest of each: by it is known how far the job came', () => {
    const { journal, hold, fill, secondsOf } = setUp();
    fill(IN_ALL);
    hold('a', 1, 3);
    expect([secondsOf('a'), secondsOf('full-0'), journal.runIds.length]).toEqual([[3], [1], IN_ALL + 1]);
  });

  it('counts one that is held again once', () => {
    const { hold, fill, secondsOf } = setUp();
    fill(IN_ALL - 2);
    for (let times = 0; times < 5; times += 1) hold('a', 1, 1);
    hold('a', 2, 2);
    expect(secondsOf('a')).toEqual([1, 2]);
  });

  it('has room again for what the database was told of, and for what was written', async () => {
    const { journal, hold, fill, secondsOf } = setUp();
    fill(IN_ALL);
    for (let job = 0; job < 3; job += 1) journal.handOver(`full-${job}`);
    hold('a', 1, 3);
    expect(secondsOf('a')).toEqual([1, 2, 3]);
    await journal.flush();
    expect(journal.size).toBe(0);
    fill(IN_ALL - 3);
    hold('a', 4, 6);
    expect(secondsOf('a')).toEqual([4, 5, 6]);
  });
});

describe('OutageJournal.handOver()', () => {
  it('keeps what it was told of before, and none of it is left out: its record may stand', async () => {
    const { store, journal, hold, secondsOf, written } = setUp();
    hold('a', 1, 300);
    journal.handOver('a');
    hold('a', 301, 400);
    journal.handOver('a');
    hold('a', 401, 1_000);
    // 400 that may be recorded, and the newest besides, up to the bound of the job.
    expect(secondsOf('a')).toEqual([...range(1, 400), ...range(901, 1_000)]);
    await journal.flush();
    expect([written.length, secondsOf('a')]).toEqual([OF_A_JOB, []]);
    expect(store.events.filter(({ type }) => type === 'run.unrecorded')).toMatchObject([{ detail: { count: 500 } }]);
  });

  it('of a job that has none is nothing', () => {
    const { journal, hold, secondsOf } = setUp();
    hold('a', 1, 1, { mayBeRecorded: true });
    for (const jobId of ['a', 'b']) journal.handOver(jobId);
    expect([secondsOf('a'), secondsOf('b')]).toEqual([[1], []]);
  });
});

describe('OutageJournal.flush()', () => {
  it('tells the count of those that were left out later where somebody holds its event, and not where the database is away', async () => {
    const { journal, ledger, hold } = setUp();
    hold('a', 1, OF_A_JOB + 1);
    const append = ledger.append.bind(ledger);
    ledger.append = () => Promise.reject(new DatabaseBusyError('Somebody holds it.'));
    await journal.flush();
    expect(journal.size).toBe(1);
    ledger.append = () => Promise.reject(new DatabaseUnavailableError('It is away.'));
    await expect(journal.flush()).rejects.toThrow('It is away.');
    ledger.append = append;
    await journal.flush();
    expect(journal.size).toBe(0);
  });
});

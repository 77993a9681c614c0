import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../../../../../src/modules/foundation/application/event-bus.ts';
import type { TrackedRun } from '../../../../../src/modules/foundation/application/ports/run-tracker.ts';
import { RunOutputWriter } from '../../../../../src/modules/foundation/application/run-output-writer.ts';
import { DatabaseUnavailableError, RunLostError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

async function setUp(ids: readonly string[] = ['run-1'], { isRecorded = true } = {}) {
  const store = newStore();
  const { wired, link, logger } = createEngine({ store });
  const runs = ids.map((id, at): TrackedRun => ({
    ...{ id, jobId: 'a', attempt: 1, maxAttempts: 1, trigger: 'schedule', jobKwargs: {}, isRecorded },
    ...{ scheduledAt: new Date(store.now() + at), startedAt: new Date(store.now()), instanceId: wired.instance.id },
  }));
  if (isRecorded) for (const run of runs) await wired.executions.create(run);
  const voices = runs.map((run) => wired.output.open(run));
  const told: BusEvent[] = [];
  wired.bus.subscribe((event) => told.push(event));
  const messages = (id = 'run-1') => (store.runLines.get(id) ?? []).map(({ line, message }) => `${line} ${message}`);
  const progress = (id = 'run-1') => store.executions.get(id)?.progress ?? null;
  const writes = () => link.countOf('outputs.write');
  const [run, voice] = [runs[0]!, voices[0]!];
  const end = () => wired.tracker.track(run, () => voice.close());
  return {
    store,
    wired,
    link,
    logger,
    runs,
    voices,
    run,
    voice,
    told,
    messages,
    progress,
    writes,
    end,
    time: store.time,
  };
}

describe('RunOutputWriter', () => {
  it('writes the lines and the newest progress of each run twice a second', async () => {
    const { voices, time, messages, progress, writes } = await setUp(['run-1', 'run-2']);
    voices[0]!.log('info', 'one');
    voices[0]!.log('warn', 'two');
    voices[1]!.progress(0.1);
    voices[1]!.progress(0.2, 'a fifth');
    await time.advance(499);
    expect(writes()).toBe(0);
    await time.advance(1);
    expect([messages(), progress('run-2'), writes()]).toEqual([
      ['1 one', '2 two'],
      { fraction: 0.2, message: 'a fifth' },
      2,
    ]);
    await time.advance(10_000);
    expect(writes()).toBe(2);
  });

  it('writes what a run has said before its outcome, and its final progress stays', async () => {
    const { wired, run, voice, messages, store } = await setUp();
    await wired.tracker.track(run, () => {
      voice.log('info', 'done');
      voice.progress(1);
      voice.close();
    });
    expect(messages()).toEqual(['1 done']);
    expect(store.executions.get('run-1')).toMatchObject({ status: 'SUCCESS', progress: { fraction: 1 } });
  });

  it('costs nothing where a run says nothing', async () => {
    const { writes, time, end } = await setUp();
    await end();
    expect([writes(), time.timerCount]).toEqual([0, 0]);
  });

  it('tells on the bus what the database has taken', async () => {
    const { voice, time, told } = await setUp();
    voice.log('error', 'it smells');
    voice.progress(0.5);
    await time.advance(500);
    expect(told).toMatchObject([
      { type: 'run.output', jobId: 'a', executionId: 'run-1', progress: { fraction: 0.5 }, lines: [{ line: 1 }] },
    ]);
  });

  it('keeps a thousand lines of a run, and says in one more how many there were', async () => {
    const { voice, messages, end } = await setUp();
    for (let line = 1; line <= 1_234; line += 1) voice.log('debug', `line ${line}`);
    await end();
    expect(messages()).toHaveLength(1_001);
    expect(messages().slice(-2)).toEqual(['1000 line 1000', '1001 234 more lines were not kept: a run keeps 1000.']);
  });

  it('takes nothing more once the run has ended', async () => {
    const { voice, messages, end, time } = await setUp();
    await end();
    voice.log('info', 'late');
    voice.progress(0.5);
    await time.advance(5_000);
    expect(messages()).toEqual([]);
  });

  it('writes what it holds when the database is back, each line once', async () => {
    const { voice, time, messages, progress, link } = await setUp();
    link.loseAnswer('outputs.write');
    voice.log('info', 'one');
    await time.advance(500);
    link.isAway = true;
    voice.log('info', 'two');
    voice.progress(0.3);
    await time.advance(10_000);
    link.isAway = false;
    await time.advance(2_000);
    expect([messages(), progress()]).toEqual([['1 one', '2 two'], { fraction: 0.3 }]);
  });

  it('what a run said over an outage is written before its held outcome, the start too', async () => {
    const { wired, run, voice, link, messages, store } = await setUp(['run-1'], { isRecorded: false });
    link.isAway = true;
    await wired.tracker.track(run, () => {
      voice.log('info', 'without a database');
      voice.close();
    });
    link.isAway = false;
    await wired.journal.flush();
    expect([messages(), store.executions.get('run-1')?.status]).toEqual([['1 without a database'], 'SUCCESS']);
  });

  it('holds so much memory and no more, and says what is missing', async () => {
    const { wired, run, link, time, messages } = await setUp();
    const writer = new RunOutputWriter(wired, 2_000);
    const voice = writer.open(run);
    link.isAway = true;
    for (let line = 1; line <= 100; line += 1) voice.log('info', 'x'.repeat(100));
    await time.advance(5_000);
    link.isAway = false;
    voice.close();
    await writer.conclude(run.id, () => Promise.resolve());
    const kept = messages().length - 1;
    expect(kept).toBeLessThan(10);
    expect(messages().at(-1)).toContain(`${100 - kept} more lines were not kept: ${100 - kept} came faster`);
  });

  it('gives its memory back: what was written makes room', async () => {
    const { wired, run, time, messages } = await setUp();
    const writer = new RunOutputWriter(wired, 2_000);
    const voice = writer.open(run);
    for (let round = 1; round <= 20; round += 1) {
      voice.log('info', 'x'.repeat(500));
      await time.advance(500);
    }
    expect(messages()).toHaveLength(20);
  });

  it('writes nothing of a run that was taken away, and the outcome says that it is lost', async () => {
    const { wired, run, voice, time, store, messages, logger, writes } = await setUp();
    store.executions.set('run-1', { ...store.executions.get('run-1')!, status: 'FAILED', failureReason: 'LOST' });
    voice.log('info', 'a ghost');
    await time.advance(60_000);
    expect(writes()).toBe(1);
    await expect(wired.tracker.track(run, () => voice.close())).rejects.toThrow(RunLostError);
    expect(messages()).toEqual([]);
    expect(logger.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('1 log line and') }]);
  });

  it('what the database refuses is dropped and told, and the run ends as it does', async () => {
    const { voice, link, logger, end, store } = await setUp();
    link.failNext('outputs.write', new Error('no such column'));
    voice.log('info', 'one');
    await end();
    expect(store.executions.get('run-1')?.status).toBe('SUCCESS');
    expect(logger.lines).toMatchObject([{ level: 'warn', properties: { reason: 'no such column' } }]);
  });

  it('an outcome waits for the writing that is under way', async () => {
    const { voice, link, time, end, messages, store } = await setUp();
    const letGo = link.holdNext('outputs.write');
    voice.log('info', 'slow');
    await time.advance(500);
    const ended = end();
    await time.advance(1);
    expect(store.executions.get('run-1')?.status).toBe('RUNNING');
    letGo();
    await ended;
    expect([messages(), store.executions.get('run-1')?.status]).toEqual([['1 slow'], 'SUCCESS']);
  });

  it('no value that a job may hand in throws', async () => {
    const { voice, messages, end } = await setUp();
    const trap = new Proxy({}, { ownKeys: () => raise(), get: () => raise(), getPrototypeOf: () => raise() });
    for (const value of [trap, Symbol('s'), 1n, null, undefined, () => 1, Number.NaN]) {
      voice.log('info', value, value);
      voice.progress(value, value);
      voice.progress(0.5, value);
    }
    await end();
    expect(messages()).toHaveLength(7);
  });

  it.each([1, 2, 4])('keeps what a run has said where the database goes away as it ends, %i times', async (times) => {
    const { store, link, voice, wired, end, messages, run } = await setUp();
    voice.log('info', 'the last words');
    for (let at = 0; at < times; at += 1) link.failNext('outputs.write', new DatabaseUnavailableError('away'));
    await end();
    if (times > 1) expect(store.executions.get(run.id)).toMatchObject({ status: 'RUNNING' });
    while (wired.journal.size > 0) await wired.journal.flush().catch(() => {});
    expect(messages()).toEqual(['1 the last words']);
    expect(store.executions.get(run.id)).toMatchObject({ status: 'SUCCESS' });
  });

  it('a record does not wait for ever for what its run has said', async () => {
    const { store, link, voice, wired, end, messages, run, logger } = await setUp();
    voice.log('info', 'the last words');
    for (let at = 0; at < 20; at += 1) link.failNext('outputs.write', new DatabaseUnavailableError('away'));
    await end();
    for (let tries = 1; tries < 3; tries += 1) await wired.journal.flush().catch(() => {});
    expect(store.executions.get(run.id)).toMatchObject({ status: 'SUCCESS' });
    expect([messages(), link.countOf('outputs.write')]).toEqual([[], 6]);
    expect(logger.lines.at(-2)).toMatchObject({ level: 'warn', message: expect.stringMatching(/^1 log line and/) });
  });
});

function raise(): never {
  throw new Error('nobody asks me');
}

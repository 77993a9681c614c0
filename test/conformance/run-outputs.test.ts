/** The port RunOutputs, on each database and the testing kit's store. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { RunOutput } from '../../src/modules/foundation/application/ports/run-outputs.ts';
import type { RunLogLine } from '../../src/modules/foundation/domain/run-output.ts';
import type { Run } from '../../src/modules/foundation/domain/run.ts';
import { PostgresHistoryPruner } from '../../src/modules/foundation/infrastructure/persistence/postgres-history-pruner.ts';
import { PostgresRunOutputs } from '../../src/modules/foundation/infrastructure/persistence/postgres-run-outputs.ts';
import { CountingDatabase } from '../support/counting-database.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { sampleRun, succeeded } from './samples.ts';

const AT = new Date('2026-01-02T03:04:05.678Z');

function line(number: number, over: Partial<RunLogLine> = {}): RunLogLine {
  return { line: number, at: AT, level: 'info', message: `line ${number}`, properties: { n: number }, ...over };
}

describeOnEveryStore('RunOutputs', (database, onDatabases) => {
  const outputs = () => portsOn(database()).outputs;
  const executions = () => portsOn(database()).executions;
  const start = async (over: Partial<Run> = {}) => {
    const run = sampleRun(over);
    await executions().create(run);
    return run;
  };
  const output = (run: Run, over: Partial<RunOutput> = {}): RunOutput => ({
    executionId: run.id,
    instanceId: run.instanceId,
    progress: null,
    lines: [],
    ...over,
  });
  const linesOf = (id: string) => outputs().getLines(id, { after: 0, limit: 5_000 });
  const progressOf = async (id: string) => (await executions().getById(id))?.progress;

  it('keeps lines in their order, and the newest progress', async () => {
    const run = await start();
    expect(await outputs().write(output(run, { lines: [line(1), line(2, { level: 'error' })] }))).toBe(true);
    expect(await outputs().write(output(run, { progress: { fraction: 0.25, message: '四分之一' } }))).toBe(true);
    expect(await outputs().write(output(run, { lines: [line(3)] }))).toBe(true);
    expect(await linesOf(run.id)).toEqual([line(1), line(2, { level: 'error' }), line(3)]);
    expect(await progressOf(run.id)).toEqual({ fraction: 0.25, message: '四分之一' });
    expect(await outputs().getLines(run.id, { after: 1, limit: 1 })).toEqual([line(2, { level: 'error' })]);
  });

  it('the same line twice is one', async () => {
    const run = await start();
    await outputs().write(output(run, { lines: [line(1)] }));
    await outputs().write(output(run, { lines: [line(1, { message: 'again' }), line(2)] }));
    expect(await linesOf(run.id)).toEqual([line(1), line(2)]);
  });

  it('writes nothing to a run that has ended, that another holds, or that is not there', async () => {
    const [ended, theirs, mine] = [await start(), await start({ instanceId: 'instance-b' }), await start()];
    await executions().update(ended, succeeded(ended));
    const said = { progress: { fraction: 1 }, lines: [line(1)] };
    const repository = outputs();
    const answers = await Promise.all([
      repository.write(output(ended, said)),
      repository.write(output(theirs, { ...said, instanceId: 'instance-a' })),
      repository.write(output(mine, said)),
      repository.write(output(sampleRun(), said)),
    ]);
    expect(answers).toEqual([false, false, true, false]);
    expect([await linesOf(ended.id), await linesOf(theirs.id)]).toEqual([[], []]);
    expect([await progressOf(ended.id), await progressOf(theirs.id)]).toEqual([null, null]);
    expect(await linesOf(mine.id)).toHaveLength(1);
  });

  onDatabases('writes what all runs have said in one statement', async () => {
    const runs = await Promise.all(Array.from({ length: 200 }, () => start()));
    const counting = new CountingDatabase(database());
    const repository = new PostgresRunOutputs(counting);
    await Promise.all(
      runs.map((run) => repository.write(output(run, { lines: [line(1)], progress: { fraction: 0 } }))),
    );
    expect(counting.statements).toBe(1);
    expect(await linesOf(runs.at(-1)!.id)).toHaveLength(1);
  });

  onDatabases('one that the database cannot hold fails alone', async () => {
    const [good, bad] = [await start(), await start()];
    const repository = outputs();
    const answers = await Promise.allSettled([
      repository.write(output(good, { lines: [line(1)] })),
      repository.write(output(bad, { lines: [line(1, { message: 'a\u0000' })] })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await linesOf(good.id)).toHaveLength(1);
  });

  onDatabases('the final progress and the lines stay with the outcome, and go when history is pruned', async () => {
    const run = await start({ startedAt: new Date('2001-01-01T00:00:00Z') });
    await outputs().write(output(run, { progress: { fraction: 1 }, lines: [line(1), line(2)] }));
    await executions().update(run, succeeded(run));
    expect(await progressOf(run.id)).toEqual({ fraction: 1 });
    expect(await linesOf(run.id)).toHaveLength(2);
    const signal = new AbortController().signal;
    const olderThan = new Date('2002-01-01T00:00:00Z');
    await new PostgresHistoryPruner(database()).prune({ olderThan, keepLast: null, signal });
    expect(await linesOf(run.id)).toEqual([]);
    const [left] = await database().rows<{ n: number }>(sql`
      select count(*)::int as n from scheduler_run_log where execution_id = ${run.id}::uuid`);
    expect(left?.n).toBe(0);
  });

  it('has no lines of a run that nobody knows', async () => {
    expect(await linesOf(randomUUID())).toEqual([]);
  });
});

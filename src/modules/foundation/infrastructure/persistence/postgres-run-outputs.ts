/**
 * What runs say while they run: `scheduler_execution_log.progress`, and the lines in `scheduler_run_log`.
 *
 * Invariants: written only while the record is RUNNING and held by the instance that reports it, which is kept so by
 * locking it until the statement ends, in the order of the ids, as outcomes are; the same line twice is one line, so that
 * a lost answer does no harm; what all runs have said goes in one statement, or a few.
 */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { RunOutput, RunOutputs } from '../../application/ports/run-outputs.ts';
import { lineBytes, type RunLogLine } from '../../domain/run-output.ts';
import { BatchWriter } from './batch-writer.ts';
import type { Database } from './database.ts';
import { schedulerRunLog } from './schema/runs.ts';
import { ENDS_IN_TIME, inputRows } from './statement-input.ts';

const MAX_STATEMENT_BYTES = 2 * 1024 * 1024;
const ROW_BYTES = 300;

const OUTPUT_COLUMNS = { id: 'uuid', instance_id: 'text', progress: 'jsonb', lines: 'json' } as const;

const { executionId, line, at, level, message, properties } = schedulerRunLog;

export class PostgresRunOutputs implements RunOutputs {
  readonly #database: Database;
  readonly #writes: BatchWriter<RunOutput, boolean>;

  constructor(database: Database) {
    this.#database = database;
    this.#writes = new BatchWriter((outputs) => this.#writeAll(outputs), { capacity: MAX_STATEMENT_BYTES, weigh });
  }

  write(output: RunOutput): Promise<boolean> {
    return this.#writes.add(output);
  }

  async getLines(of: string, part: { after: number; limit: number }): Promise<RunLogLine[]> {
    return await this.#database.query((orm) =>
      orm
        .select({ line, at, level, message, properties })
        .from(schedulerRunLog)
        .where(and(eq(executionId, of), gt(line, part.after)))
        .orderBy(asc(line))
        .limit(part.limit),
    );
  }

  async #writeAll(outputs: readonly RunOutput[]): Promise<boolean[]> {
    const rows = outputs.map((output) => ({
      id: output.executionId,
      instance_id: output.instanceId,
      progress: output.progress,
      lines: output.lines,
    }));
    // Records are looked up by their key alone, as where outcomes are written.
    const held = await this.#database.rows<{ id: string }>(sql`
      with input as materialized (select * from ${inputRows('input', OUTPUT_COLUMNS, rows)} where ${ENDS_IN_TIME} order by id),
      held as materialized (
        select run.id from input cross join lateral (
          select id from scheduler_execution_log one
          where one.id = input.id and one.status || '' = 'RUNNING' and one.instance_id || '' = input.instance_id
          for no key update
        ) run
      ),
      progressed as (
        update scheduler_execution_log run set progress = input.progress
        from input join held using (id)
        where run.id = input.id and input.progress is not null
      ),
      written as (
        insert into scheduler_run_log (execution_id, line, at, level, message, properties)
        select input.id, said.line, said.at, said.level, said.message, said.properties
        from input join held using (id)
        cross join lateral json_to_recordset(input.lines) as said(line int, at timestamptz, level text, message text, properties jsonb)
        order by input.id, said.line
        on conflict do nothing
      )
      select id from held`);
    const written = new Set(held.map(({ id }) => id));
    return outputs.map((output) => written.has(output.executionId));
  }
}

function weigh({ lines }: RunOutput): number {
  return lines.reduce((sum, one) => sum + lineBytes(one), ROW_BYTES);
}

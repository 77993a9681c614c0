/**
 * The statement that creates or replaces a job's configuration.
 *
 * Invariant: the row and its audit event (who, before, after; secrets masked) are one statement; an edit that changes
 * nothing leaves no event and no new revision.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Edit } from '../../application/ports/job-config-repository.ts';
import { DEFAULT_POLICIES, type JobSpec } from '../../domain/job-config.ts';
import { schedulerJobConfig } from './schema/jobs.ts';
import { ENDS_IN_TIME, inputRows } from './statement-input.ts';

type SpecColumn = [property: keyof JobSpec, column: PgColumn];

const table = getTableColumns(schedulerJobConfig);

/** The columns that a `JobSpec` sets. */
const SPEC_COLUMNS: readonly SpecColumn[] = [
  ['jobId', table.jobId],
  ['jobName', table.jobName],
  ['cronExpression', table.cronExpression],
  ['dialect', table.dialect],
  ['timezone', table.timezone],
  ...properties(DEFAULT_POLICIES).map((property): SpecColumn => [property, table[property]]),
];

export function renderUpsert(spec: JobSpec, edit: Edit): SQL {
  const columns = names((name) => `"${name}"`);
  const types = Object.fromEntries(SPEC_COLUMNS.map(([, column]) => [column.name, column.getSQLType()]));
  const row = Object.fromEntries(SPEC_COLUMNS.map(([property, column]) => [column.name, spec[property]]));
  return sql`
    with before as materialized (
      select * from scheduler_job_config where job_id = ${spec.jobId} and ${ENDS_IN_TIME} for update
    ),
    saved as (
      insert into scheduler_job_config as job (${columns})
      select ${names((name) => `input."${name}"`)}
      from ${inputRows('input', types, [row])} left join before on true
      where ${renderCondition(edit)}
      on conflict (job_id) ${renderConflict(edit)}
      returning job.*, job.xmax = 0 as is_new
    ),
    told as (
      insert into scheduler_event (type, job_id, actor, detail)
      select case when saved.is_new then 'job.created' else 'job.updated' end, saved.job_id, ${edit.actor},
        jsonb_build_object('before', case when before.job_id is null then null else ${renderMasked('before')} end,
          'after', ${renderMasked('saved')})
      from saved left join before on true
      where saved.revision is distinct from before.revision
    )
    select * from saved`;
}

/** Read from `before`, which is thereby read, and locked, before anything is written. */
function renderCondition({ ifRevision }: Edit): SQL {
  if (ifRevision === undefined) return sql`before.job_id is null or true`;
  if (ifRevision === null) return sql`before.job_id is null`;
  return sql`before.revision = ${ifRevision}::bigint`;
}

function renderConflict({ ifRevision }: Edit): SQL {
  if (ifRevision === null) return sql`do nothing`;
  return sql`do update set ${names((name) => `"${name}" = excluded."${name}"`)}`;
}

/** A configuration in JSON, with the properties' names. */
export function renderMasked(alias: string): SQL {
  const entries = SPEC_COLUMNS.map(([property, column]) => `'${property}', ${alias}."${column.name}"`);
  return sql.raw(`scheduler_mask_secrets(jsonb_build_object(${entries.join(', ')}))`);
}

function names(render: (name: string) => string): SQL {
  return sql.raw(SPEC_COLUMNS.map(([, column]) => render(column.name)).join(', '));
}

function properties<Key extends string>(of: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(of) as Key[];
}

/** Jobs and runs for the conformance suites, each under a name of its own, so that tests share a database in peace. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { PendingRun } from '../../src/modules/foundation/application/ports/pending-runs.ts';
import { schedulerPendingRun } from '../../src/modules/foundation/infrastructure/persistence/schema/runs.ts';
import { decodeRow } from '../../src/modules/foundation/infrastructure/persistence/statement-input.ts';
import type { DueFire } from '../../src/modules/foundation/application/ports/fire-claims.ts';
import { DEFAULT_POLICIES, type JobConfig, type JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import type { Outcome, Run } from '../../src/modules/foundation/domain/run.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { portsOn } from '../support/database-foundation.ts';
import { KitDatabase } from '../support/kit-database.ts';

export function sampleSpec(over: Partial<JobSpec> = {}): JobSpec {
  return {
    ...DEFAULT_POLICIES,
    jobId: `job-${randomUUID()}`,
    jobName: 'A sample',
    cronExpression: '*/5 * * * *',
    dialect: 'apscheduler',
    timezone: 'Asia/Shanghai',
    ...over,
  };
}

export async function saveJob(database: Database, over: Partial<JobSpec> = {}): Promise<JobConfig> {
  return portsOn(database).configs.upsert(sampleSpec(over), { actor: 'test' });
}

/** A whole second in the past. */
export const DUE_AT = new Date('2026-01-02T03:04:05.000Z');

const CLAIMERS = ['instance-a', 'instance-b', ...Array.from({ length: 8 }, (_, at) => `claimer-${at}`)];

/** Those who claim in the suites have a lease; one that they have already is left as it is. */
export async function holdLeases(database: Database, claimers: readonly string[] = CLAIMERS): Promise<void> {
  if (database instanceof KitDatabase) return holdKitLeases(database, claimers);
  await database.rows(sql`
    insert into scheduler_instance (id, hostname, runtime, version, started_at, renewed_at, expires_at, held_since)
    select id, 'host', 'node', '0', now(), now(), now() + interval '1 hour', '2026-01-01'
    from json_array_elements_text(${JSON.stringify(claimers)}::json) as id
    on conflict do nothing`);
}

function holdKitLeases({ store }: KitDatabase, claimers: readonly string[]): void {
  const now = new Date(store.now());
  const expiresAt = new Date(store.now() + 3_600_000);
  const instance = { hostname: 'host', runtime: 'node', version: '0', startedAt: now, renewedAt: now, expiresAt };
  for (const id of claimers) {
    if (store.instances.has(id)) continue;
    store.instances.set(id, { ...instance, id });
    store.leases.set(id, { heldFrom: 0, confirmedUntil: 0, renewals: 0 });
  }
}

/** A saved job whose cursor is armed, and claimers with a lease. */
export async function armJob(
  database: Database,
  options: Partial<JobSpec> & { nextFireAt?: Date | null } = {},
): Promise<JobConfig> {
  const { nextFireAt = DUE_AT, ...over } = options;
  const config = await saveJob(database, over);
  await holdLeases(database);
  await portsOn(database).claims.arm([{ jobId: config.jobId, revision: config.revision, nextFireAt }]);
  return config;
}

export function dueFire(config: JobConfig, over: Partial<DueFire> = {}): DueFire {
  return {
    config,
    dueAt: DUE_AT,
    nextFireAt: new Date('2026-01-02T03:05:00.000Z'),
    run: { id: randomUUID(), scheduledAt: DUE_AT, trigger: 'schedule' },
    whenOverlapping: 'skip',
    event: null,
    ...over,
  };
}

let minute = 0;

/** Each at a minute of its own. */
export function sampleRun(over: Partial<Run> = {}): Run {
  minute += 1;
  const scheduledAt = new Date(Date.UTC(2026, 0, 1, 0, minute));
  return {
    id: randomUUID(),
    jobId: `job-${randomUUID()}`,
    scheduledAt,
    startedAt: new Date(scheduledAt.getTime() + 7),
    attempt: 1,
    maxAttempts: 1,
    trigger: 'schedule',
    instanceId: 'instance-a',
    jobKwargs: { greeting: '你好' },
    ...over,
  };
}

/** What waits for an instance, oldest first. */
export async function pendingRunsOf(database: Database, jobId: string): Promise<PendingRun[]> {
  if (database instanceof KitDatabase) return database.store.waitingOf(jobId);
  const rows = await database.rows(sql`
    select * from scheduler_pending_run where job_id = ${jobId} order by scheduled_at, attempt`);
  return rows.map((row) => decodeRow(schedulerPendingRun, row));
}

export function succeeded(run: Run, result: Extract<Outcome, { status: 'SUCCESS' }>['result'] = null): Outcome {
  return { status: 'SUCCESS', finishedAt: new Date(run.startedAt.getTime() + 250), durationMs: 250, result };
}

export function failed(run: Run, over: Partial<Extract<Outcome, { status: 'FAILED' }>> = {}): Outcome {
  return {
    status: 'FAILED',
    finishedAt: new Date(run.startedAt.getTime() + 250),
    durationMs: 250,
    failureReason: 'ERROR',
    errorMessage: 'it broke',
    errorStack: null,
    ...over,
  };
}

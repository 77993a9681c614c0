/** Reads what a run left behind: ledgers from the disk, rows from the database. Invariant: nothing is changed by it. */
import { existsSync, readFileSync } from 'node:fs';
import { LEFT_UNCAUGHT } from '../../src/main/run-application.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import type { Cluster } from './cluster.ts';
import { configOf, expectedOccurrences, type Watch } from './expected-occurrences.ts';
import type { EventRecord, ExecutionRecord, History, JobExpectation, Misconduct, PendingRecord } from './history.ts';
import { countFarAhead } from './claims-ahead.ts';
import type { Herd } from './herd.ts';
import { readGiveBacks, readLeases } from './lease-record.ts';
import { readPast } from './past-history.ts';
import { readLedger } from './ledger-line.ts';
import { REJECTED_BEHIND } from './chaos-jobs.ts';
import type { ReplicaProcess } from './replica-process.ts';
import type { Traffic } from './traffic.ts';
import type { ChaosJob } from './workload.ts';

export interface RunParts {
  readonly cluster: Cluster;
  readonly traffic: Traffic;
  readonly jobs: readonly ChaosJob[];
  readonly herd: Herd;
  readonly watch: Watch;
  readonly runningInQuiet: History['runningInQuiet'];
  readonly runningSamples: History['runningSamples'];
  readonly quietFromMs: number;
  readonly quietToMs: number;
  readonly disturbances: History['disturbances'];
  readonly historyRows: number;
}

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

export async function readHistory(parts: RunParts): Promise<History> {
  const { cluster, traffic, jobs, watch, runningInQuiet, quietFromMs, quietToMs } = parts;
  const { database } = cluster;
  const instances = await database.insist('select id, hostname from scheduler_instance');
  const values = await database.insist('select job_id, notes from scheduler_job_config');
  return {
    jobs: await readExpectations(database, jobs, { watch, traffic }),
    ledger: cluster.replicas.flatMap(({ ledgerPath }) => (existsSync(ledgerPath) ? readLedger(ledgerPath) : [])),
    executions: await readExecutions(database),
    events: await readEvents(database),
    instances: new Map(instances.map((row) => [String(row['id']), String(row['hostname'])])),
    incarnations: cluster.replicas.map(({ name, endedAtMs, toldToEndAtMs }) => ({
      name,
      endedAtMs,
      toldToEndAtMs,
      isDrained: cluster.drained.has(name),
    })),
    leases: await readLeases(database),
    giveBacks: await readGiveBacks(database),
    edits: traffic.edits,
    versions: traffic.steering.versions,
    triggers: [...traffic.triggers, ...traffic.operator.retries],
    finalValues: new Map(values.map((row) => [String(row['job_id']), String(row['notes'])])),
    pending: await readPending(database),
    orders: traffic.operator,
    disturbances: parts.disturbances,
    runningInQuiet,
    runningSamples: parts.runningSamples,
    quietFromMs,
    quietToMs,
    goneBack: cluster.replicas.reduce((sum, replica) => sum + countGoneBack(replica), 0),
    herdAheadMs: parts.herd.aheadMs,
    past: await readPast(database, parts.historyRows),
    claimedFarAhead: await countFarAhead(database),
    misconduct: [...cluster.misconduct, ...cluster.replicas.flatMap(uncaughtErrors)],
  };
}

export async function readRunning(database: ChaosDatabase): Promise<History['runningInQuiet']> {
  const rows = await database.insist(
    `select id, job_id, ${ms('clock_timestamp() - started_at')} as age from scheduler_execution_log where status = 'RUNNING'`,
  );
  return rows.map((row) => ({ id: String(row['id']), jobId: String(row['job_id']), ageMs: Number(row['age']) }));
}

/** As those say that put them back. */
function countGoneBack({ logPath }: ReplicaProcess): number {
  if (!existsSync(logPath)) return 0;
  const told = readFileSync(logPath, 'utf8').matchAll(/had claimed before it ended[^\n]*"claimedAgain":(\d+)/g);
  return [...told].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** What nobody caught in a replica, and no job of the suite left behind. */
function uncaughtErrors({ name, logPath }: ReplicaProcess): Misconduct[] {
  if (!existsSync(logPath)) return [];
  const lines = readFileSync(logPath, 'utf8').split('\n');
  return lines
    .filter((line) => line.includes(LEFT_UNCAUGHT) && !line.includes(REJECTED_BEHIND))
    .map((line) => ({ what: `${name} left an error uncaught: ${line.slice(0, 1_500)}`, atMs: 0 }));
}

async function readExpectations(
  database: ChaosDatabase,
  jobs: readonly ChaosJob[],
  { watch, traffic }: Pick<RunParts, 'watch' | 'traffic'>,
): Promise<JobExpectation[]> {
  const rows = await database.insist(`select job_id, ${ms('created_at')} as created from scheduler_job_config`);
  const createdAt = new Map(rows.map((row) => [row['job_id'], Number(row['created'])]));
  const edits = [...traffic.reschedulings, ...traffic.steering.versions.filter(({ version }) => version > 0)];
  const editsOf = Map.groupBy(edits, ({ jobId }) => jobId);
  return jobs.map(({ spec, isLedgered }) => {
    const { jobId } = spec;
    const config = configOf(spec, new Date(createdAt.get(jobId)!));
    const expectedAtMs = expectedOccurrences(config, watch, editsOf.get(jobId) ?? []);
    return { jobId, spec, isLedgered, expectedAtMs };
  });
}

async function readExecutions(database: ChaosDatabase): Promise<ExecutionRecord[]> {
  const text = `
    select id, job_id, ${ms('scheduled_at')} as scheduled, ${ms('started_at')} as started, ${ms('finished_at')} as finished,
      status, attempt, max_attempts, trigger, ${ms('claimed_at')} as claimed, was_pending, instance_id, failure_reason, cancel_requested_at is not null as is_cancelled, (progress ->> 'fraction')::float8 as progress,
      (select count(*)::int from scheduler_run_log where execution_id = run.id) as lines,
      (select coalesce(max(line), 0) from scheduler_run_log where execution_id = run.id) as last_line,
      (job_kwargs ->> 'version')::float8 as version,
      case when jsonb_typeof(result) = 'object' then result ->> 'instance' end as result_from
    from scheduler_execution_log run where instance_id is not null or was_pending`;
  return await database.readAll(text, (row) => ({
    id: String(row['id']),
    jobId: String(row['job_id']),
    scheduledAtMs: Number(row['scheduled']),
    claimedAtMs: orNull(row['claimed'], Number),
    startedAtMs: Number(row['started']),
    finishedAtMs: orNull(row['finished'], Number),
    status: row['status'],
    attempt: Number(row['attempt']),
    maxAttempts: Number(row['max_attempts']),
    trigger: String(row['trigger']),
    wasPending: row['was_pending'] === true,
    isCancelRequested: row['is_cancelled'] === true,
    instanceId: orNull(row['instance_id'], String),
    failureReason: row['failure_reason'],
    lines: Number(row['lines']),
    lastLine: Number(row['last_line']),
    progress: orNull(row['progress'], Number),
    resultFrom: orNull(row['result_from'], String),
    version: orNull(row['version'], Number),
  }));
}

async function readPending(database: ChaosDatabase): Promise<PendingRecord[]> {
  const rows = await database.insist(`
    select id, job_id, attempt, ${ms('scheduled_at')} as scheduled, ${ms('available_at')} as available
    from scheduler_pending_run`);
  return rows.map((row) => ({
    id: String(row['id']),
    jobId: String(row['job_id']),
    scheduledAtMs: Number(row['scheduled']),
    attempt: Number(row['attempt']),
    availableAtMs: Number(row['available']),
  }));
}

async function readEvents(database: ChaosDatabase): Promise<EventRecord[]> {
  const text = `
    select ${ms('at')} as at, type, job_id, execution_id, ${ms('scheduled_at')} as scheduled, reason,
      ${ms("(detail ->> 'from')::timestamptz")} as since, ${ms("(detail ->> 'to')::timestamptz")} as until
    from scheduler_event where type like 'occurrence.%' or type like 'run.%' or type in ('job.unresolved', 'job.triggered', 'job.expired') order by id`;
  return await database.readAll(text, (row) => ({
    atMs: Number(row['at']),
    type: String(row['type']),
    jobId: orNull(row['job_id'], String),
    executionId: orNull(row['execution_id'], String),
    scheduledAtMs: orNull(row['scheduled'], Number),
    fromMs: orNull(row['since'], Number),
    toMs: orNull(row['until'], Number),
    reason: orNull(row['reason'], String),
  }));
}

function orNull<T>(value: unknown, convert: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : convert(value);
}

/** The scheduler as a whole, in JSON. */
import * as v from 'valibot';
import type { KnownInstance } from '../../../application/ports/scheduler-figures.ts';
import type { SchedulerReport } from '../../../application/scheduler-status.ts';
import { JOB_STATES, type JobState } from '../../../domain/job-state.ts';
import { instant, instantOrNull, instantText, instantTextOrNull } from './instant.ts';
import { readinessEntries, toReadinessJson } from './readiness.ts';

const count = v.pipe(v.number(), v.metadata({ type: 'integer', minimum: 0 }));
const milliseconds = v.nullable(v.pipe(v.number(), v.metadata({ type: 'integer' })));

const instance = v.strictObject({
  id: v.string(),
  hostname: v.string(),
  runtime: v.string(),
  version: v.string(),
  startedAt: instant,
  renewedAt: v.pipe(instant, v.description('Its last heartbeat.')),
  expiresAt: v.pipe(instant, v.description('The end of its lease, unless it is renewed.')),
  isLive: v.boolean(),
});

const states = v.strictObject(
  Object.fromEntries(JOB_STATES.map((state) => [state, count])) as Record<JobState, typeof count>,
);

export const schedulerSchema = v.pipe(
  v.strictObject({
    ...readinessEntries,
    at: v.pipe(instant, v.description("The database's clock.")),
    instanceId: v.pipe(v.string(), v.description('The instance that answers.')),
    instances: v.pipe(v.array(instance), v.description('The live ones, and those that ended within a day.')),
    jobs: v.strictObject({
      total: count,
      states: v.pipe(states, v.description('As the list of jobs judges them; of the first 10,000 by job id.')),
    }),
    runs: v.strictObject({ running: count, pending: count }),
    overdue: v.pipe(
      v.strictObject({ jobs: count, oldestAt: instantOrNull, oldestMs: milliseconds }),
      v.description('Occurrences that are due and that nobody has started.'),
    ),
    lateness: v.pipe(
      v.strictObject({
        runs: count,
        p50Ms: milliseconds,
        p95Ms: milliseconds,
        p99Ms: milliseconds,
        maxMs: milliseconds,
      }),
      v.description('From the due time to the start, of the scheduled runs among the newest 1,000 of the history.'),
    ),
  }),
  v.metadata({ ref: 'Scheduler' }),
);
export type SchedulerJson = v.InferOutput<typeof schedulerSchema>;

function toInstanceJson({
  id,
  hostname,
  runtime,
  version,
  isLive,
  ...at
}: KnownInstance): v.InferOutput<typeof instance> {
  return {
    ...{ id, hostname, runtime, version },
    startedAt: instantText(at.startedAt),
    renewedAt: instantText(at.renewedAt),
    expiresAt: instantText(at.expiresAt),
    isLive,
  };
}

export function toSchedulerJson(report: SchedulerReport): SchedulerJson {
  const { now, oldestDueAt } = report;
  return {
    ...toReadinessJson(report),
    at: instantText(now),
    instanceId: report.instanceId,
    instances: report.instances.map(toInstanceJson),
    jobs: { total: report.jobs.total, states: { ...report.jobs.states } },
    runs: { running: report.running, pending: report.pending },
    overdue: {
      jobs: report.due,
      oldestAt: instantTextOrNull(oldestDueAt),
      oldestMs: oldestDueAt === null ? null : Math.max(0, now.getTime() - oldestDueAt.getTime()),
    },
    lateness: { ...report.lateness },
  };
}

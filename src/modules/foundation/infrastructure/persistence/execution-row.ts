/** A row of the execution log as the domain's value, and the rule of when a run keeps others of its job away. */
import type { OverlapPolicy } from '../../domain/job-config.ts';
import type { Execution } from '../../domain/run.ts';
import type { schedulerExecutionLog } from './schema/runs.ts';

/** Exclusive unless the job allows its runs to overlap. */
export function isExclusive(job: { overlapPolicy: OverlapPolicy }): boolean {
  return job.overlapPolicy !== 'allow';
}

export function toExecution(row: typeof schedulerExecutionLog.$inferSelect): Execution {
  const { isExclusive: _isExclusive, wasPending: _wasPending, ...rest } = row;
  const { cancelRequestedAt: _cancelRequestedAt, cancelReason: _cancelReason, ...execution } = rest;
  return { ...execution, scheduledAt: row.scheduledAt ?? row.startedAt, instanceId: row.instanceId ?? '' };
}

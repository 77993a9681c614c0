/**
 * Occurrences that fell due while the database was away and were not run: what is told of them when it is back. What becomes
 * of them is decided afterwards, by the job's misfire policy. Whoever tells of the same occurrences, replicas and one whose
 * answer was lost, tells one event.
 */
import { isPaused } from '../domain/next-fire.ts';
import type { DatabaseTime } from './database-time.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { DirectoryEntry, JobDirectory } from './job-directory.ts';
import type { OutageSettlement } from './ports/outage-settlements.ts';

export interface HeldOccurrencesDeps {
  readonly directory: JobDirectory;
  readonly lease: InstanceLease;
  readonly time: DatabaseTime;
}

/** @param isRun whether the job ran without the database */
export function findHeld(
  { directory, lease, time }: HeldOccurrencesDeps,
  isRun: (jobId: string) => boolean,
): OutageSettlement[] {
  const now = time.atLeast();
  const since = lease.suspendedSince ?? now;
  return directory.entries
    .filter(({ job, dueAt }) => job.isPersisted && !isRun(job.jobId) && !isPaused(job.terms, now) && dueAt !== null)
    .filter(({ dueAt }) => dueAt! >= since && dueAt! <= now)
    .map((entry) => toHeld(entry, now));
}

function toHeld({ job: { config, schedule }, dueAt }: DirectoryEntry, now: number): OutageSettlement {
  const from = new Date(dueAt!);
  const end = Math.min(now, config.endAt?.getTime() ?? now);
  const to = new Date(schedule.previous(end + 1) ?? dueAt!);
  return {
    ...{ config, firstDueAt: from, ended: [], active: [], waiting: [] },
    events: [
      {
        type: 'occurrence.held',
        jobId: config.jobId,
        scheduledAt: from,
        reason: `outage: the database was away (outage policy is ${config.outagePolicy}); the misfire policy decides what is run now`,
        detail: {
          ...{ cause: 'outage', count: Math.max(1, schedule.count(from.getTime() - 1, end)) },
          ...{ from: from.toISOString(), to: to.toISOString() },
        },
        key: `held ${config.jobId} ${config.revision} ${from.toISOString()}`,
      },
    ],
  };
}

/** A due directory entry becomes what the claiming statement takes: the run to start, the event that explains the rest. */
import { planFire } from '../domain/misfire.ts';
import type { DirectoryEntry } from './job-directory.ts';
import type { RunnableConfig } from '../domain/job-config.ts';
import type { RunTrigger } from '../domain/run.ts';
import type { DueFire, WhenOverlapping } from './ports/fire-claims.ts';

/**
 * @param entry with a `dueAt`
 * @param now the database's clock, milliseconds since 1970
 * @param runId the id that the run will have, if there is one
 */
export function planDueFire({ job: { config, schedule }, dueAt }: DirectoryEntry, now: number, runId: string): DueFire {
  const due = dueAt ?? now;
  const { nextFireAt, run, missed } = planFire({ config, schedule, dueAt: due, now });
  return {
    config,
    dueAt: new Date(due),
    nextFireAt: nextFireAt === null ? null : new Date(nextFireAt),
    run: run === null ? null : { id: runId, scheduledAt: new Date(run.scheduledAt), trigger: run.trigger },
    whenOverlapping: whenOverlapping(config, run?.trigger ?? null),
    event:
      missed === null
        ? null
        : {
            type: missed.cause === 'paused' ? 'occurrence.skipped' : 'occurrence.misfired',
            jobId: config.jobId,
            scheduledAt: new Date(missed.from),
            reason: missed.reason,
            detail: {
              ...(missed.cause === undefined ? {} : { cause: missed.cause }),
              count: missed.count,
              from: new Date(missed.from).toISOString(),
              to: new Date(missed.to).toISOString(),
            },
          },
  };
}

/**
 * What is caught up one by one stays with the cursor, which knows of all that is still to come; and the first that is on time
 * again is not skipped because of the last that was caught up.
 */
function whenOverlapping(
  { misfirePolicy, overlapPolicy }: RunnableConfig,
  trigger: RunTrigger | null,
): WhenOverlapping {
  if (trigger === 'catchUp' && misfirePolicy === 'all') return 'wait';
  if (misfirePolicy === 'all' && overlapPolicy === 'skip') return 'waitBehindCatchUp';
  return overlapPolicy === 'allow' ? 'skip' : overlapPolicy;
}

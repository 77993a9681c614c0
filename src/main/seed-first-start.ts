/**
 * The jobs that a first start makes: one that rings within a minute, so that there is something to see, and one that keeps
 * the history from growing for ever. Never again: the ledger remembers them, and a database that has jobs gets none.
 *
 * Invariant: a first start that ended between the two is gone on with by the next; what was made and deleted is not made again.
 */
import type { FoundationContainer } from '../modules/foundation/container.ts';
import { RevisionConflictError } from '../modules/foundation/domain/errors.ts';
import { DEFAULT_POLICIES } from '../modules/foundation/domain/job-config.ts';
import type { RecordedEvent } from '../modules/foundation/application/ports/event-ledger.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';

const PRUNES = {
  jobId: 'maintenance.prune-history',
  jobName: 'Deletes executions and events that are older than HISTORY_RETENTION',
  cronExpression: '30 4 * * *',
  notes: 'Made at the first start. Disable it to keep everything, or change it as you like; it is not made again.',
} as const;
const RINGS = {
  jobId: 'maintenance.heartbeat',
  jobName: 'Rings every minute, to show that the scheduler lives',
  cronExpression: '* * * * *',
  notes: 'Made at the first start. Disable or change it as you like; it is not made again.',
} as const;

const ACTOR = 'first start';

/** @throws DatabaseUnavailableError */
export async function seedFirstStart(container: FoundationContainer): Promise<void> {
  const configs = container.resolve(tokenOf('configs'));
  const ledger = container.resolve(tokenOf('ledger'));
  const told = await ledger.getRecent(2);
  const isBegun = told.length === 1 && isFirst(told[0]!);
  if ((told.length > 0 && !isBegun) || (await configs.count()) > (isBegun ? 1 : 0)) return;
  for (const job of isBegun ? [RINGS] : [PRUNES, RINGS]) {
    const spec = { ...DEFAULT_POLICIES, ...job, dialect: 'apscheduler', timezone: 'Asia/Shanghai' } as const;
    try {
      await configs.upsert(spec, { actor: ACTOR, ifRevision: null });
    } catch (error) {
      // Another replica starts for the first time as well, and was quicker.
      if (!(error instanceof RevisionConflictError)) throw error;
    }
  }
}

/** That nothing has come after it says that the second was not made. */
function isFirst({ type, actor, jobId }: RecordedEvent): boolean {
  return type === 'job.created' && actor === ACTOR && jobId === PRUNES.jobId;
}

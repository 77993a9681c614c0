/**
 * The jobs that a first start makes: one that rings within a minute, so that there is something to see, and one that keeps
 * the history from growing for ever. Never again: the ledger remembers the first, and a database that has jobs gets none.
 */
import type { FoundationContainer } from '../modules/foundation/container.ts';
import { RevisionConflictError } from '../modules/foundation/domain/errors.ts';
import { DEFAULT_POLICIES } from '../modules/foundation/domain/job-config.ts';
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

/** @throws DatabaseUnavailableError */
export async function seedFirstStart(container: FoundationContainer): Promise<void> {
  const configs = container.resolve(tokenOf('configs'));
  const ledger = container.resolve(tokenOf('ledger'));
  if ((await ledger.getRecent(1)).length > 0 || (await configs.count()) > 0) return;
  for (const job of [PRUNES, RINGS]) {
    const spec = { ...DEFAULT_POLICIES, ...job, dialect: 'apscheduler', timezone: 'Asia/Shanghai' } as const;
    try {
      await configs.upsert(spec, { actor: 'first start', ifRevision: null });
    } catch (error) {
      // Another replica starts for the first time as well, and was quicker.
      if (!(error instanceof RevisionConflictError)) throw error;
    }
  }
}

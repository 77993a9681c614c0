/** A job that rings within a minute, so that a first start shows something. Never again: the ledger remembers the first. */
import type { FoundationContainer } from '../modules/foundation/container.ts';
import { RevisionConflictError } from '../modules/foundation/domain/errors.ts';
import { DEFAULT_POLICIES } from '../modules/foundation/domain/job-config.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';

const HEARTBEAT = 'maintenance.heartbeat';

/** @throws DatabaseUnavailableError */
export async function seedFirstStart(container: FoundationContainer): Promise<void> {
  const configs = container.resolve(tokenOf('configs'));
  const ledger = container.resolve(tokenOf('ledger'));
  if ((await ledger.getRecent(1)).length > 0 || (await configs.count()) > 0) return;
  const spec = {
    ...DEFAULT_POLICIES,
    jobId: HEARTBEAT,
    jobName: 'Rings every minute, to show that the scheduler lives',
    cronExpression: '* * * * *',
    dialect: 'apscheduler',
    timezone: 'Asia/Shanghai',
    notes: 'Made at the first start. Disable or change it as you like; it is not made again.',
  } as const;
  try {
    await configs.upsert(spec, { actor: 'first start', ifRevision: null });
  } catch (error) {
    // Another replica starts for the first time as well, and was quicker.
    if (!(error instanceof RevisionConflictError)) throw error;
  }
}

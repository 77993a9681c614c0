/** What the suites about claims ahead arrange: runs that were claimed ahead, and the instances that did. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { AheadRun } from '../../src/modules/foundation/application/ports/ahead-claims.ts';
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { portsOn } from '../support/database-foundation.ts';
import { KitDatabase } from '../support/kit-database.ts';
import { armJob, dueFire, holdLeases } from './samples.ts';

export const HOUR = 3_600_000;
export const leaseMs = 60_000;

export function aheadSamples(database: () => Database) {
  const ahead = () => portsOn(database()).aheadClaims;
  const claims = () => portsOn(database()).claims;
  const executions = () => portsOn(database()).executions;
  const instances = () => portsOn(database()).instances;
  const cursorOf = async (jobId: string) => (await claims().getCursors([jobId]))[0]?.nextFireAt;
  const skippedOf = async (jobId: string) =>
    (await portsOn(database()).ledger.getRecent(10, jobId)).filter(({ type }) => type === 'occurrence.skipped');
  const end = async (instanceId: string): Promise<void> => {
    const behind = database();
    if (behind instanceof KitDatabase) return behind.endLease(instanceId);
    await behind.rows(sql`
      update scheduler_instance set expires_at = clock_timestamp() - interval '1 second' where id = ${instanceId}`);
  };
  const renew = (id: string) =>
    instances().renew({ id, hostname: 'host', runtime: 'node', version: '0', startedAt: new Date() }, leaseMs);

  const moveRun = async (id: string, scheduledAt: Date, claimedAt: Date): Promise<void> => {
    const behind = database();
    if (behind instanceof KitDatabase) return behind.moveRun(id, { scheduledAt, claimedAt });
    await behind.rows(sql`
      update scheduler_execution_log set scheduled_at = ${scheduledAt.toISOString()}::timestamptz,
        claimed_at = ${claimedAt.toISOString()}::timestamptz where id = ${id}`);
  };
  const setCursor = async (jobId: string, at: Date): Promise<void> => {
    const behind = database();
    if (behind instanceof KitDatabase) return behind.store.setCursor(jobId, at);
    await behind.rows(sql`
      update scheduler_job_cursor set next_fire_at = ${at.toISOString()}::timestamptz where job_id = ${jobId}`);
  };

  /** Claimed an hour ahead by an instance of its own. */
  async function claimAhead(over: Partial<JobSpec> = {}) {
    const instanceId = randomUUID();
    await holdLeases(database(), [instanceId]);
    const dueAt = new Date(Math.floor(Date.now() / 1000) * 1000 + HOUR);
    const config = await armJob(database(), { ...over, nextFireAt: dueAt });
    const nextFireAt = new Date(dueAt.getTime() + HOUR);
    const fire = dueFire(config, {
      dueAt,
      nextFireAt,
      run: { id: randomUUID(), scheduledAt: dueAt, trigger: 'schedule' },
    });
    const { runs, tick } = await claims().claim(instanceId, [fire], { aheadMs: 2 * HOUR });
    return {
      instanceId,
      config,
      fire,
      dueAt,
      tick,
      held: { run: runs[0]!, config, nextFireAt, renewals: 0 } satisfies AheadRun,
    };
  }

  /** The same, and the hour has passed: it is due since a second. */
  async function claimedAndDue(over: Partial<JobSpec> = {}) {
    const claimed = await claimAhead(over);
    const { run } = claimed.held;
    const past = (at: Date) => new Date(at.getTime() - HOUR - 2_000);
    const [dueAt, claimedAt] = [past(claimed.dueAt), past(run.claimedAt!)];
    await moveRun(run.id, dueAt, claimedAt);
    const held: AheadRun = { ...claimed.held, run: { ...run, scheduledAt: dueAt, claimedAt } };
    return { ...claimed, dueAt, held, renewals: 0 };
  }

  return {
    ...{ ahead, claims, executions, instances, cursorOf, skippedOf, end, renew },
    ...{ moveRun, setCursor, claimAhead, claimedAndDue },
  };
}

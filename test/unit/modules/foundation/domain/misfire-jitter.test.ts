import { describe, expect, it } from 'vitest';
import { jitterOf } from '../../../../../src/modules/foundation/domain/jitter.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { planFire } from '../../../../../src/modules/foundation/domain/misfire.ts';
import { scheduleOf } from '../../../../../src/modules/foundation/domain/next-fire.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DUE = Date.parse('2026-01-02T12:00:00Z');

/** Every minute, due at noon, looked at so much later. */
function plan(lateMs: number, edit: Partial<JobConfig>) {
  const config = jobConfig('a', { cronExpression: '* * * * *', ...edit });
  return planFire({ config, schedule: scheduleOf(config), dueAt: DUE, now: DUE + lateMs });
}

const at = (minutes: number): number => DUE + minutes * MINUTE;

describe('planFire() with jitter', () => {
  it('waits for no more than the delay that this occurrence has', () => {
    for (const misfirePolicy of ['once', 'skip'] as const) {
      const { run, missed } = plan(30 * MINUTE, { misfirePolicy, jitterMs: HOUR });
      expect(run?.scheduledAt).not.toBe(DUE);
      expect(missed?.count).toBeGreaterThanOrEqual(29);
    }
  });

  it('catches up nothing whose own jitter has not passed: that is still to come', () => {
    const jitterMs = 50 * SECOND;
    const startOf = (minutes: number): number =>
      at(minutes) + jitterOf({ jobId: 'a', scheduledAt: at(minutes), nextAt: at(minutes + 1) }, jitterMs);
    for (let lateMs = 5 * MINUTE; lateMs <= 15 * MINUTE; lateMs += SECOND) {
      const now = DUE + lateMs;
      const passed = Math.floor(lateMs / MINUTE);
      const last = startOf(passed) <= now ? passed : passed - 1;
      const once = plan(lateMs, { misfirePolicy: 'once', jitterMs });
      expect(once).toMatchObject({ run: { scheduledAt: at(last) }, missed: { to: at(last - 1), count: last } });
      expect(once.nextFireAt).toBe(at(last + 1));
      const newest = plan(lateMs, { misfirePolicy: 'all', catchUpLimit: 1, jitterMs });
      expect(newest).toMatchObject({ run: { scheduledAt: at(last) }, nextFireAt: at(last + 1) });
      const none = plan(lateMs, { misfirePolicy: 'all', catchUpLimit: 0, jitterMs });
      expect(none).toMatchObject({ run: null, nextFireAt: at(last + 1), missed: { to: at(last) } });
    }
  });
});

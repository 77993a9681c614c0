import { describe, expect, it } from 'vitest';
import { planDueFire } from '../../../../../src/modules/foundation/application/plan-due-fire.ts';
import { resolveJob } from '../../../../../src/modules/foundation/application/resolve-job.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { registryOf } from '../../../../support/engine.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const NOON = Date.parse('2026-01-02T12:00:00Z');
const MINUTE = 60_000;

function plan(lateMs: number, edit: Partial<JobConfig> = {}) {
  const resolution = resolveJob(jobConfig('a', { cronExpression: '* * * * *', ...edit }), registryOf({ a: () => 1 }));
  if (resolution.kind !== 'armed') throw new Error('not armed');
  return planDueFire({ job: resolution.job, dueAt: NOON }, NOON + lateMs, 'run-1');
}

describe('planDueFire()', () => {
  it('on time: the run, the next instant, and no event', () => {
    expect(plan(0)).toMatchObject({
      dueAt: new Date(NOON),
      nextFireAt: new Date(NOON + MINUTE),
      run: { id: 'run-1', scheduledAt: new Date(NOON), trigger: 'schedule' },
      whenOverlapping: 'skip',
      event: null,
    });
  });

  it('late: an event that says how many are not run, which, and why', () => {
    expect(plan(5 * MINUTE + 30_000).event).toEqual({
      type: 'occurrence.misfired',
      jobId: 'a',
      scheduledAt: new Date(NOON),
      reason: expect.stringContaining('coalesced'),
      detail: { count: 5, from: '2026-01-02T12:00:00.000Z', to: '2026-01-02T12:04:00.000Z' },
    });
  });

  it('each that is caught up waits for the one before it; others are skipped', () => {
    expect(plan(5 * MINUTE, { misfirePolicy: 'all' }).whenOverlapping).toBe('wait');
    expect(plan(5 * MINUTE + 30_000).whenOverlapping).toBe('skip');
    expect(plan(0, { misfirePolicy: 'all' }).whenOverlapping).toBe('waitBehindCatchUp');
  });

  it('skipped or exhausted: no run, no next instant', () => {
    expect(plan(60 * MINUTE, { misfirePolicy: 'skip', endAt: new Date(NOON) })).toMatchObject({
      run: null,
      nextFireAt: null,
    });
  });
});

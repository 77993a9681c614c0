/** The job that somebody sees first. */
import { expect, test } from 'vitest';
import { createJobRegistry } from '../../../../../../src/modules/maintenance/application/job-registry.ts';
import { createJobContext } from '../../../../../support/job-context.ts';
import { runJob } from '../../../../../support/run-job.ts';

const JOB = 'maintenance.heartbeat';
const pruner = { prune: () => Promise.reject(new Error('not asked for')) };
const registry = createJobRegistry({ pruner, now: () => Date.UTC(2026, 0, 1, 12) });

test('maintenance.heartbeat returns that it rings, when, and as which job', async () => {
  const { context } = createJobContext({ jobId: 'first-bell' });
  await expect(runJob(registry, JOB, {}, context)).resolves.toEqual({
    ringing: 'ok',
    at: '2026-01-01T12:00:00.000Z',
    jobId: 'first-bell',
  });
});

test('maintenance.heartbeat logs one line', async () => {
  const { context, lines } = createJobContext();
  await runJob(registry, JOB, {}, context);
  expect(lines).toEqual([
    { level: 'info', message: 'The bell rings.', properties: { at: '2026-01-01T12:00:00.000Z' } },
  ]);
});

test('maintenance.heartbeat takes no kwargs', async () => {
  await expect(runJob(registry, JOB, { loud: true }, createJobContext().context)).rejects.toThrow(/^kwargs: .*loud/);
});

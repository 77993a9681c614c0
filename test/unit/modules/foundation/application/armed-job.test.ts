import { describe, expect, it } from 'vitest';
import { resolveJob } from '../../../../../src/modules/foundation/application/resolve-job.ts';
import type { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { termsOf } from '../../../../../src/modules/foundation/domain/job-terms.ts';
import { registryOf } from '../../../../support/engine.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

function armed(config: JobConfig, terms = termsOf(config)): ArmedJob {
  const resolution = resolveJob(config, registryOf({ [config.jobId]: () => 1 }), terms);
  if (resolution.kind !== 'armed') throw new Error('not armed');
  return resolution.job;
}

describe('ArmedJob.config', () => {
  it('is what it takes to run the job, as it was given', () => {
    const config = jobConfig('a', { jobKwargs: { a: [1] }, maxAttempts: 3, endAt: new Date(9e12), revision: 7 });
    const { id, updatedAt, lastRunAt, lastSuccessAt, tags, notes, pauseReason, ...runnable } = config;
    expect(armed(config).config).toEqual(runnable);
    expect([id, updatedAt, lastRunAt, lastSuccessAt, tags, notes, pauseReason]).toHaveLength(7);
  });

  it('of jobs with the same terms is each its own, arguments too', () => {
    const [one, other] = [jobConfig('a', { jobKwargs: {} }), jobConfig('b', { jobKwargs: {} })];
    const terms = termsOf(one);
    const [a, b] = [armed(one, terms), armed(other, terms)];
    expect([a.terms === b.terms, a.config.jobId, b.config.jobId]).toEqual([true, 'a', 'b']);
    expect(a.config.jobKwargs).not.toBe(b.config.jobKwargs);
  });
});

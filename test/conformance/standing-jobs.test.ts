/** `getStanding()` of the port JobConfigRepository, on each database and the testing kit's store: what is armed of the jobs. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { StandingJob } from '../../src/modules/foundation/application/ports/job-config-repository.ts';
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { termsOf } from '../../src/modules/foundation/domain/job-terms.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, DUE_AT, saveJob } from './samples.ts';

const UNUSUAL: Partial<JobSpec> = {
  jobKwargs: { url: 'https://example.org', nested: [1, null, 'zwei "drei"'] },
  handler: 'http.request, "quoted" \\ and 夜',
  misfirePolicy: 'all',
  misfireGraceMs: 3_000_000_000,
  maxConcurrentRuns: 2,
  timeoutMs: 60_000,
  startAt: new Date('2026-05-06T07:08:09.123Z'),
  endAt: new Date('2027-01-01T00:00:00Z'),
  dstOverlap: 'both',
  enabled: false,
};

describeOnEveryStore('JobConfigRepository.getStanding()', (database, onDatabases) => {
  const repository = () => portsOn(database()).configs;
  const standing = async (jobId: string): Promise<StandingJob> =>
    (await repository().getStanding({ jobIds: [jobId] }))[0]!;

  it('gives what getByJobId() gives of it, and the cursor', async () => {
    for (const over of [{}, UNUSUAL]) {
      const {
        id: _id,
        lastRunAt: _at,
        lastSuccessAt: _success,
        tags: _tags,
        notes: _notes,
        pauseReason: _why,
        ...whole
      } = await saveJob(database(), over);
      const { config, terms, cursor } = await standing(whole.jobId);
      expect(config).toEqual(whole);
      expect(terms).toEqual(termsOf(config));
      expect(cursor).toEqual({ jobId: whole.jobId, revision: whole.revision, nextFireAt: 'unarmed' });
    }
  });

  onDatabases('tells one pause from another, and an armed cursor from one that is exhausted', async () => {
    const [armed, exhausted] = [await armJob(database()), await armJob(database(), { nextFireAt: null })];
    await database().rows(sql`
      update scheduler_job_config set paused_at = ${DUE_AT.toISOString()}::timestamptz where job_id = ${armed.jobId}`);
    expect(await standing(armed.jobId)).toMatchObject({
      config: { pausedAt: DUE_AT, pausedUntil: null },
      cursor: { nextFireAt: DUE_AT },
    });
    expect(await standing(exhausted.jobId)).toMatchObject({
      config: { pausedAt: null },
      cursor: { nextFireAt: 'exhausted' },
    });
  });

  onDatabases(
    'jobs that are equal in their terms have one value between them, and arguments of their own',
    async () => {
      const [one, other] = [await saveJob(database()), await saveJob(database())];
      const [{ terms, config }, second] = [await standing(one.jobId), await standing(other.jobId)];
      expect(second.terms).toBe(terms);
      expect(second.config.jobKwargs).not.toBe(config.jobKwargs);
    },
  );

  it('gives pages in the order of ids, to the last, and nothing for ids that no row can have', async () => {
    const prefix = `page-${randomUUID()}`;
    const jobIds = ['a', 'b', 'c'].map((end) => `${prefix}-${end}`);
    for (const jobId of jobIds.toReversed()) await saveJob(database(), { jobId });
    const found: string[] = [];
    let page = await repository().getStanding({ after: null, limit: 2 });
    while (page.length > 0) {
      found.push(...page.map(({ config }) => config.jobId));
      page = await repository().getStanding({ after: found.at(-1)!, limit: 2 });
    }
    expect(found.filter((jobId) => jobId.startsWith(prefix))).toEqual(jobIds);
    expect(new Set(found).size).toBe(await repository().count());
    expect(await repository().getStanding({ jobIds: ['\u0000', 'never-there'] })).toEqual([]);
    expect(await repository().getStanding({ jobIds: [] })).toEqual([]);
  });
});

/** Lists of JobConfigRepository, on each database and over the store of the testing kit: filters, orders and pages. */
import { expect, it } from 'vitest';
import type {
  JobConfigRepository,
  JobQuery,
} from '../../src/modules/foundation/application/ports/job-config-repository.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, sampleRun, saveJob, succeeded } from './samples.ts';

describeOnEveryStore('JobConfigRepository.list()', (database) => {
  const repository = (): JobConfigRepository => portsOn(database()).configs;
  const idsOf = async (query: Partial<JobQuery>): Promise<string[]> =>
    (await repository().list({ limit: 5, ...query })).items.map(({ config }) => config.jobId);
  const ran = async (jobId: string, startedAt: Date): Promise<void> => {
    const run = sampleRun({ jobId, startedAt });
    await portsOn(database()).executions.create(run);
    await portsOn(database()).executions.update(run, succeeded(run));
  };

  it.each(['jobId', 'nextRunAt', 'lastRunAt', 'updatedAt'] as const)('pages through every job by %s', async (sort) => {
    const tag = `tag-${sort}`;
    for (let at = 0; at < 7; at += 1) {
      const nextFireAt = at % 3 === 0 ? null : new Date(Date.UTC(2027, 0, 1 + (at % 2)));
      const config = await armJob(database(), { tags: ['other', tag], nextFireAt });
      if (at % 3 !== 0) await ran(config.jobId, new Date(Date.UTC(2026, 0, 1 + (at % 2))));
    }
    const whole = await repository().list({ limit: 50, tag, sort });
    expect(whole).toMatchObject({ nextCursor: null });
    expect(whole.items).toHaveLength(7);
    const paged = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await repository().list({ limit: 2, tag, sort, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole.items);
  });

  it('orders by next run with the unarmed last, by last run with the newest first', async () => {
    const tag = 'ordered';
    const never = await saveJob(database(), { tags: [tag] });
    const late = await armJob(database(), { tags: [tag], nextFireAt: new Date('2029-01-01T00:00:00Z') });
    const soon = await armJob(database(), { tags: [tag], nextFireAt: new Date('2028-01-01T00:00:00Z') });
    expect(await idsOf({ tag, sort: 'nextRunAt' })).toEqual([soon.jobId, late.jobId, never.jobId]);
    await ran(soon.jobId, new Date('2026-03-01T00:00:00Z'));
    await ran(never.jobId, new Date('2026-03-02T00:00:00Z'));
    expect(await idsOf({ tag, sort: 'lastRunAt' })).toEqual([never.jobId, soon.jobId, late.jobId]);
  });

  it('orders by id where nothing else is asked, and among those that are equal', async () => {
    const tag = 'equals';
    const jobIds = ['b', 'd', 'a', 'c'].map((name) => `equal-${name}`);
    for (const jobId of jobIds) await saveJob(database(), { jobId, tags: [tag] });
    for (const sort of [undefined, 'nextRunAt', 'lastRunAt'] as const)
      expect(await idsOf({ tag, ...(sort === undefined ? {} : { sort }) })).toEqual(jobIds.toSorted());
  });

  it('tells of each job what getOverview() tells', async () => {
    const tag = 'told';
    const { jobId } = await armJob(database(), { tags: [tag], nextFireAt: new Date('2029-01-01T00:00:00Z') });
    await ran(jobId, new Date('2026-03-01T00:00:00Z'));
    const { items } = await repository().list({ limit: 5, tag });
    expect(items).toMatchObject([{ lastStatus: 'SUCCESS', nextFireAt: new Date('2029-01-01T00:00:00Z') }]);
    expect(items).toEqual([await repository().getOverview(jobId)]);
  });

  it('filters by text, as it is written, in any case', async () => {
    const odd = await saveJob(database(), { jobName: String.raw`100%_Sure\thing` });
    const found = (q: string) => idsOf({ q });
    expect(await found('100%_sURE')).toEqual([odd.jobId]);
    expect(await found('100_')).toEqual([]);
    expect(await found(String.raw`\THING`)).toEqual([odd.jobId]);
    expect(await found(odd.jobId.slice(2).toUpperCase())).toEqual([odd.jobId]);
  });

  it('filters by enabled, and by function', async () => {
    const tag = 'filtered';
    const off = await saveJob(database(), { tags: [tag], enabled: false, handler: 'f' });
    const on = await saveJob(database(), { tags: [tag] });
    const ids = (query: Partial<JobQuery>) => idsOf({ tag, ...query });
    expect(await ids({ enabled: false })).toEqual([off.jobId]);
    expect(await ids({ enabled: true })).toEqual([on.jobId]);
    expect(await idsOf({ tag: 'filter' })).toEqual([]);
    expect(await ids({ handler: 'f' })).toEqual([off.jobId]);
    expect(await ids({ handler: on.jobId })).toEqual([on.jobId]);
  });

  it.each(['', 'x', '%%%', 'W10', 'WzFd', btoa('["jobId","a"]'), btoa('["nextRunAt","now","a"]')])(
    'refuses the cursor %j',
    async (cursor) => {
      for (const sort of ['jobId', 'nextRunAt', 'lastRunAt'] as const) {
        await expect(repository().list({ limit: 5, sort, cursor })).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          errors: [{ path: 'cursor' }],
        });
      }
    },
  );
});

/** The port JobConfigRepository, on each database and over the store of the testing kit; its lists have a suite of their own. */
import { describe, expect, it } from 'vitest';
import { InvalidInputError, RevisionConflictError } from '../../src/modules/foundation/domain/errors.ts';
import type { JobConfigRepository } from '../../src/modules/foundation/application/ports/job-config-repository.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, sampleRun, sampleSpec, saveJob, succeeded } from './samples.ts';

const actor = { actor: 'admin' };

describeOnEveryStore('JobConfigRepository', (database, onDatabases) => {
  const repository = (): JobConfigRepository => portsOn(database()).configs;
  /** Of the configuration: an occurrence that comes due between two edits is told as well. */
  const eventsOf = async (jobId: string) =>
    (await portsOn(database()).ledger.getRecent(10, jobId)).filter(({ type }) => type.startsWith('job.'));

  describe('upsert()', () => {
    it('creates a row that reads back as it was written', async () => {
      const spec = sampleSpec({
        jobKwargs: { url: 'https://example.org', nested: { list: [1, 'zwei', null, true] } },
        handler: 'http.request',
        timeoutMs: 3_000_000_000,
        startAt: new Date('2026-05-06T07:08:09.123Z'),
        tags: ['nightly', 'with "quotes", and commas', '夜'],
        notes: 'zeile 1\nzeile 2',
        overlapPolicy: 'queueAll',
        enabled: false,
      });
      const saved = await repository().upsert(spec, actor);
      expect(saved).toMatchObject({ ...spec, lastRunAt: null, pausedAt: null });
      expect(saved.createdAt).toBeInstanceOf(Date);
      expect(await repository().getByJobId(spec.jobId)).toEqual(saved);
    });

    it('replaces what is there, with a higher revision and the same id', async () => {
      const first = await saveJob(database());
      const second = await repository().upsert({ ...first, jobName: 'Renamed' }, actor);
      expect(second).toMatchObject({ id: first.id, jobName: 'Renamed', createdAt: first.createdAt });
      expect(second.revision).toBeGreaterThan(first.revision);
    });

    it('keeps the revision, and writes no event, when nothing changes', async () => {
      const first = await saveJob(database());
      const second = await repository().upsert(first, actor);
      expect(second).toEqual(first);
      expect(await eventsOf(first.jobId)).toHaveLength(1);
    });

    it('writes who, before and after, with secrets masked', async () => {
      const first = await saveJob(database(), { jobKwargs: { apiToken: 'abc', headers: [{ Authorization: 'xyz' }] } });
      await repository().upsert({ ...first, jobName: 'New', jobKwargs: { password: 'p', url: 'u' } }, { actor: 'eve' });
      const [updated, created] = await eventsOf(first.jobId);
      expect(created).toMatchObject({ type: 'job.created', actor: 'test', detail: { before: null } });
      expect(updated).toMatchObject({
        type: 'job.updated',
        actor: 'eve',
        detail: {
          before: { jobName: 'A sample', jobKwargs: { apiToken: '***', headers: [{ Authorization: '***' }] } },
          after: { jobName: 'New', jobKwargs: { password: '***', url: 'u' } },
        },
      });
    });

    it('refuses an outdated revision, and a row that was not there', async () => {
      const first = await saveJob(database());
      const second = await repository().upsert({ ...first, notes: 'x' }, { ...actor, ifRevision: first.revision });
      const outdated = repository().upsert({ ...first, notes: 'y' }, { ...actor, ifRevision: first.revision });
      await expect(outdated).rejects.toThrow(RevisionConflictError);
      await expect(outdated).rejects.toMatchObject({ currentRevision: second.revision });
      await expect(repository().upsert(first, { ...actor, ifRevision: null })).rejects.toThrow(RevisionConflictError);
      await expect(repository().upsert(sampleSpec(), { ...actor, ifRevision: 1 })).rejects.toThrow(
        RevisionConflictError,
      );
      expect((await repository().getByJobId(first.jobId))?.notes).toBe('x');
      expect(await eventsOf(first.jobId)).toHaveLength(2);
    });

    it('lets one of many win that start from the same revision', async () => {
      const first = await saveJob(database());
      const edits = Array.from({ length: 8 }, (_, at) =>
        repository().upsert({ ...first, notes: `edit ${at}` }, { ...actor, ifRevision: first.revision }),
      );
      const results = await Promise.allSettled(edits);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      const creations = Array.from({ length: 8 }, () =>
        repository().upsert({ ...first, jobId: `${first.jobId}-new` }, { ...actor, ifRevision: null }),
      );
      const created = await Promise.allSettled(creations);
      expect(created.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    });

    // Whoever saves a job checks it before; what the columns refuse besides is the database's.
    onDatabases('says which field a value does not fit', async () => {
      const bad = repository().upsert(sampleSpec({ maxAttempts: 0 }), actor);
      await expect(bad).rejects.toThrow(InvalidInputError);
      await expect(bad).rejects.toMatchObject({ errors: [{ path: 'maxAttempts' }] });
      await expect(repository().upsert(sampleSpec({ notes: 'a\u0000b' }), actor)).rejects.toThrow(InvalidInputError);
      await expect(repository().upsert(sampleSpec({ jobId: 'x'.repeat(256) }), actor)).rejects.toThrow(
        InvalidInputError,
      );
    });
  });

  it('getAllEnabled() leaves out the disabled, and is in the order of ids', async () => {
    const on = await saveJob(database());
    const off = await saveJob(database(), { enabled: false });
    const jobIds = (await repository().getAllEnabled()).map((config) => config.jobId);
    expect(jobIds).toContain(on.jobId);
    expect(jobIds).not.toContain(off.jobId);
    const first = await saveJob(database(), { jobId: on.jobId.replace('job-', 'a-') });
    expect((await repository().getAllEnabled())[0]).toEqual(first);
  });

  it('getByJobId() is null for a job that is not there, whatever its name', async () => {
    for (const jobId of ['missing', '', "'; drop table x; --", 'a\u0000b', '\uD800']) {
      expect(await repository().getByJobId(jobId)).toBeNull();
      expect(await repository().getOverview(jobId)).toBeNull();
    }
  });

  it('getRevisions() and count() know every row', async () => {
    const off = await saveJob(database(), { enabled: false });
    const revisions = await repository().getRevisions();
    expect(revisions.get(off.jobId)).toBe(off.revision);
    expect(await repository().count()).toBe(revisions.size);
  });

  it('getRevisionSum() is that of all rows, and another after whatever was edited', async () => {
    const [one, other] = [await saveJob(database()), await saveJob(database(), { enabled: false })];
    const before = await repository().getRevisionSum();
    const revisions = [...(await repository().getRevisions()).values()];
    const sum = revisions.reduce((total, revision) => total + revision, 0);
    expect(before).toEqual({ rows: revisions.length, sum, newest: Math.max(...revisions) });
    await portsOn(database()).removals.remove({ jobId: one.jobId, actor: 'test' });
    await saveJob(database());
    const after = await repository().getRevisionSum();
    expect(after).toMatchObject({ rows: before.rows });
    expect(after.sum).toBeGreaterThan(before.sum);
    await repository().upsert({ ...other, notes: 'edited' }, actor);
    expect((await repository().getRevisionSum()).sum).toBeGreaterThan(after.sum);
  });

  it('getOverview() tells the next occurrence and how the last run ended', async () => {
    const nextFireAt = new Date('2027-01-01T00:00:00.000Z');
    const config = await armJob(database(), { nextFireAt });
    expect(await repository().getOverview(config.jobId)).toEqual({ config, nextFireAt, lastStatus: null });
    const { executions } = portsOn(database());
    const run = sampleRun({ jobId: config.jobId });
    await executions.create(run);
    expect(await repository().getOverview(config.jobId)).toMatchObject({ lastStatus: 'RUNNING' });
    await executions.update(run, succeeded(run));
    expect(await repository().getOverview(config.jobId)).toMatchObject({
      lastStatus: 'SUCCESS',
      config: { lastRunAt: run.startedAt, revision: config.revision },
    });
    // Recorded later, and begun before.
    await executions.create(sampleRun({ jobId: config.jobId, startedAt: new Date(run.startedAt.getTime() - 1) }));
    expect(await repository().getOverview(config.jobId)).toMatchObject({ lastStatus: 'SUCCESS' });
  });

  it('getOverview() has no next occurrence while unarmed or exhausted', async () => {
    const config = await saveJob(database());
    expect(await repository().getOverview(config.jobId)).toMatchObject({ nextFireAt: null });
    const { claims } = portsOn(database());
    await claims.arm([{ jobId: config.jobId, revision: config.revision, nextFireAt: null }]);
    expect(await repository().getOverview(config.jobId)).toMatchObject({ nextFireAt: null });
  });
});

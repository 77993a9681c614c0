/** The port FireClaims, on each database and the testing kit's store. The races have several pools only where there is a server. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { FireClaims } from '../../src/modules/foundation/application/ports/fire-claims.ts';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, DUE_AT, dueFire, sampleRun, saveJob, succeeded } from './samples.ts';

const LATER = new Date('2026-01-02T03:05:00.000Z');

describeOnEveryStore('FireClaims', (database, onDatabases) => {
  const claims = (): FireClaims => portsOn(database()).claims;
  const executions = () => portsOn(database()).executions;
  const cursorOf = async (jobId: string) => (await claims().getCursors([jobId]))[0];
  const eventsOf = (jobId: string) => portsOn(database()).ledger.getRecent(10, jobId);

  describe('claim()', () => {
    it('starts the run with its RUNNING record, and moves the cursor', async () => {
      const config = await armJob(database(), { jobKwargs: { a: 1 }, maxAttempts: 3 });
      const fire = dueFire(config);
      const { runs, moved } = await claims().claim('instance-a', [fire]);
      expect(moved).toEqual(new Set([config.jobId]));
      expect(runs).toHaveLength(1);
      expect(runs[0]).toMatchObject({
        ...fire.run,
        jobId: config.jobId,
        attempt: 1,
        maxAttempts: 3,
        instanceId: 'instance-a',
        jobKwargs: { a: 1 },
      });
      const { lastSuccessAt: _lastSuccessAt, ...run } = runs[0]!;
      expect(await executions().getById(run.id)).toMatchObject({ ...run, status: 'RUNNING' });
      expect(await cursorOf(config.jobId)).toEqual({
        jobId: config.jobId,
        revision: config.revision,
        nextFireAt: LATER,
      });
    });

    it('exhausts the cursor when no occurrence is left', async () => {
      const config = await armJob(database());
      await claims().claim('instance-a', [dueFire(config, { nextFireAt: null })]);
      expect(await cursorOf(config.jobId)).toMatchObject({ nextFireAt: 'exhausted' });
    });

    it('moves the cursor without a run, and tells why', async () => {
      const config = await armJob(database());
      const event = {
        type: 'occurrence.misfired',
        jobId: config.jobId,
        scheduledAt: DUE_AT,
        reason: 'missed by an hour',
        detail: { count: 3 },
      } as const;
      const { runs, moved } = await claims().claim('instance-a', [dueFire(config, { run: null, event })]);
      expect(runs).toEqual([]);
      expect(moved.has(config.jobId)).toBe(true);
      expect((await eventsOf(config.jobId))[0]).toMatchObject(event);
    });

    it('leaves alone what is not due by the database’s clock', async () => {
      const nextFireAt = new Date(Date.now() + 60_000);
      const config = await armJob(database(), { nextFireAt });
      const { moved } = await claims().claim('instance-a', [dueFire(config, { dueAt: nextFireAt })]);
      expect(moved.size).toBe(0);
      expect(await cursorOf(config.jobId)).toMatchObject({ nextFireAt });
    });

    onDatabases('leaves alone what was moved, edited or deleted meanwhile, and takes the rest', async () => {
      const [moved, edited, deleted, good] = await Promise.all([1, 2, 3, 4].map(() => armJob(database())));
      const fires = [moved!, edited!, deleted!, good!].map((config) => dueFire(config));
      await claims().claim('instance-b', [dueFire(moved!)]);
      await portsOn(database()).configs.upsert({ ...edited!, notes: 'edited' }, { actor: 'test' });
      await database().rows(sql`delete from scheduler_job_config where job_id = ${deleted!.jobId}`);
      const answer = await claims().claim('instance-a', fires);
      expect(answer.moved).toEqual(new Set([good!.jobId]));
      expect(answer.runs.map((run) => run.jobId)).toEqual([good!.jobId]);
    });

    onDatabases('does not start an occurrence twice, wherever a wrong cursor stands', async () => {
      const config = await armJob(database());
      const first = await claims().claim('instance-a', [dueFire(config)]);
      await executions().update(first.runs[0]!, succeeded(first.runs[0]!));
      await database().rows(sql`
        update scheduler_job_cursor set next_fire_at = ${DUE_AT.toISOString()}::timestamptz where job_id = ${config.jobId}`);
      const again = await claims().claim('instance-b', [dueFire(config)]);
      expect(again.runs).toEqual([]);
      expect(again.moved.has(config.jobId)).toBe(true);
      expect(await executions().getRecentByJobId(config.jobId, 10)).toHaveLength(1);
      expect((await eventsOf(config.jobId)).map((event) => event.type)).toEqual(['job.created']);
    });
  });

  describe('claim() while a run of the job is RUNNING', () => {
    const arrange = async (over: Parameters<typeof armJob>[1] = {}) => {
      const config = await armJob(database(), over);
      const running = sampleRun({ jobId: config.jobId });
      await executions().create(running);
      return { config, running };
    };

    it('skips the occurrence and says so', async () => {
      const { config } = await arrange();
      const { runs, moved } = await claims().claim('instance-a', [dueFire(config)]);
      expect(runs).toEqual([]);
      expect(moved.has(config.jobId)).toBe(true);
      expect((await eventsOf(config.jobId))[0]).toMatchObject({
        type: 'occurrence.skipped',
        scheduledAt: DUE_AT,
        reason: expect.stringMatching(/^overlap/),
        detail: { cause: 'overlap' },
      });
    });

    it('leaves the cursor where it is when the occurrence waits, and starts it afterwards', async () => {
      const { config, running } = await arrange();
      const fire = dueFire(config, {
        whenOverlapping: 'wait',
        event: { type: 'occurrence.misfired', jobId: config.jobId },
      });
      const waiting = await claims().claim('instance-a', [fire]);
      expect(waiting).toMatchObject({ runs: [], moved: new Set() });
      expect(await cursorOf(config.jobId)).toMatchObject({ nextFireAt: DUE_AT });
      expect(await eventsOf(config.jobId)).toHaveLength(1);
      await executions().update(running, succeeded(running));
      expect((await claims().claim('instance-a', [fire])).runs).toHaveLength(1);
      expect(await eventsOf(config.jobId)).toHaveLength(2);
    });

    it('starts it beside the other where the job allows that', async () => {
      const { config } = await arrange({ overlapPolicy: 'allow' });
      expect((await claims().claim('instance-a', [dueFire(config)])).runs).toHaveLength(1);
    });
  });

  it('of eight claimers of the same cursors each cursor goes to exactly one', async () => {
    const configs = await Promise.all(Array.from({ length: 40 }, () => armJob(database())));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, claimer) =>
        claims().claim(
          `claimer-${claimer}`,
          (claimer % 2 === 0 ? configs : configs.toReversed()).map((config) => dueFire(config)),
        ),
      ),
    );
    const started = answers.flatMap(({ runs }) => runs.map((run) => run.jobId));
    const moved = answers.flatMap((answer) => [...answer.moved]);
    const all = configs.map((config) => config.jobId).toSorted();
    expect(started.toSorted()).toEqual(all);
    expect(moved.toSorted()).toEqual(all);
    for (const { jobId } of configs) expect(await executions().getRecentByJobId(jobId, 5)).toHaveLength(1);
  });

  it('claimers and editors at once: an edited cursor is never moved by an old claim', async () => {
    const configs = await Promise.all(Array.from({ length: 20 }, () => armJob(database())));
    const repository = portsOn(database()).configs;
    const [answer, ...edited] = await Promise.all([
      claims().claim(
        'instance-a',
        configs.map((config) => dueFire(config)),
      ),
      ...configs.map((config) => repository.upsert({ ...config, cronExpression: '0 0 * * *' }, { actor: 'test' })),
    ]);
    const cursors = await claims().getCursors(configs.map((config) => config.jobId));
    expect(cursors.every((cursor) => cursor.nextFireAt === 'unarmed')).toBe(true);
    expect(new Set(cursors.map((cursor) => cursor.revision))).toEqual(new Set(edited.map((job) => job.revision)));
    expect(new Set(answer.runs.map((run) => run.jobId))).toEqual(answer.moved);
  });

  describe('arm()', () => {
    it('sets what is unarmed at that revision, and nothing else', async () => {
      const config = await saveJob(database());
      const { jobId, revision } = config;
      expect(await cursorOf(jobId)).toEqual({ jobId, revision, nextFireAt: 'unarmed' });
      expect(await claims().arm([{ jobId, revision: revision - 1, nextFireAt: LATER }])).toEqual(new Set());
      expect(await cursorOf(jobId)).toMatchObject({ nextFireAt: 'unarmed' });
      expect(await claims().arm([{ jobId, revision, nextFireAt: LATER }])).toEqual(new Set([jobId]));
      expect(await claims().arm([{ jobId, revision, nextFireAt: DUE_AT }])).toEqual(new Set());
      expect(await cursorOf(jobId)).toMatchObject({ nextFireAt: LATER });
    });

    it('many at once by many', async () => {
      const configs = await Promise.all(Array.from({ length: 30 }, () => saveJob(database())));
      const rows = configs.map(({ jobId, revision }) => ({ jobId, revision, nextFireAt: LATER }));
      await Promise.all([1, 2, 3, 4].map((by) => claims().arm(by % 2 === 0 ? rows : rows.toReversed())));
      const cursors = await claims().getCursors(configs.map((config) => config.jobId));
      expect(cursors.filter((cursor) => cursor.nextFireAt instanceof Date)).toHaveLength(30);
    });
  });

  it('getCursors() gives these, or none', async () => {
    const config = await saveJob(database());
    await saveJob(database());
    expect(await claims().getCursors([config.jobId, 'missing'])).toEqual([
      { jobId: config.jobId, revision: config.revision, nextFireAt: 'unarmed' },
    ]);
    expect(await claims().getCursors([])).toEqual([]);
    expect(await claims().getCursors(['missing'])).toEqual([]);
  });

  it('getOverdue() gives the oldest first, and only what is overdue by so much', async () => {
    const ancient = await armJob(database(), { nextFireAt: new Date('2001-01-01T00:00:00Z') });
    const recent = await armJob(database(), { nextFireAt: new Date(Date.now() - 1_000) });
    const overdue = await claims().getOverdue(30_000, { limit: 500, after: null });
    expect(overdue[0]).toEqual({
      jobId: ancient.jobId,
      revision: ancient.revision,
      nextFireAt: new Date('2001-01-01T00:00:00Z'),
    });
    expect(overdue.map((cursor) => cursor.jobId)).not.toContain(recent.jobId);
    expect(await claims().getOverdue(30_000, { limit: 1, after: null })).toHaveLength(1);
  });

  it('getDueOrUnarmed() gives what is due, earliest first, then what is unarmed; nothing disabled or held by a pause', async () => {
    const due = await armJob(database(), { nextFireAt: new Date('2001-01-01T00:00:00Z') });
    const later = await armJob(database(), { nextFireAt: new Date(Date.now() + 60_000) });
    const unarmed = await saveJob(database());
    const disabled = await saveJob(database(), { enabled: false });
    const paused = await armJob(database());
    const pausedUntil = await saveJob(database());
    const pauses = portsOn(database()).pauses;
    await pauses.pause({ jobId: paused.jobId, until: null, reason: null, actor: 'test' });
    await pauses.pause({ jobId: pausedUntil.jobId, until: new Date(Date.now() + 60_000), reason: null, actor: 'test' });
    const found = (await claims().getDueOrUnarmed(10_000)).map(({ jobId }) => jobId);
    expect(found).toEqual(expect.arrayContaining([due.jobId, unarmed.jobId, pausedUntil.jobId]));
    for (const { jobId } of [later, disabled, paused]) expect(found).not.toContain(jobId);
    expect(found.indexOf(due.jobId)).toBeLessThan(found.indexOf(unarmed.jobId));
    expect(await claims().getDueOrUnarmed(1)).toHaveLength(1);
  });
});

/** Every verdict that `why` knows, found in what each database keeps. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { JobLedger } from '../../src/modules/foundation/application/job-ledger.ts';
import type { DatedEvent } from '../../src/modules/foundation/domain/event.ts';
import type { JobConfig, JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { type Verdict, VERDICTS } from '../../src/modules/foundation/domain/occurrence-verdict.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresEventHistory } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-history.ts';
import { PostgresEventLedger } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-ledger.ts';
import { PostgresFireClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';
import { PostgresJobPauses } from '../../src/modules/foundation/infrastructure/persistence/postgres-job-pauses.ts';
import { PostgresJobRemovals } from '../../src/modules/foundation/infrastructure/persistence/postgres-job-removals.ts';
import { PostgresOccurrenceRecords } from '../../src/modules/foundation/infrastructure/persistence/postgres-occurrence-records.ts';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { SchedulerJobConfigRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-job-config-repository.ts';
import { registryOf } from '../support/in-memory-service.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { failed, sampleRun, sampleSpec, saveJob, succeeded } from './samples.ts';

const MINUTE = 60_000;
/** Now, of each question: long after what is asked about, which comes after the jobs were made. */
const NOW = Math.ceil(Date.now() / MINUTE) * MINUTE + 120 * MINUTE;
const AT = new Date(NOW - 60 * MINUTE);
const EVERY_MINUTE = { cronExpression: '* * * * *', timezone: 'UTC', handler: 'known' };

interface Scene {
  readonly database: Database;
  readonly config: JobConfig;
}
type Story = (scene: Scene) => Promise<unknown>;

const log = ({ database }: Scene) => new SchedulerExecutionLogRepository(database);
const arm = ({ database, config: { jobId, revision } }: Scene, nextFireAt: Date): Promise<unknown> =>
  new PostgresFireClaims(database).arm([{ jobId, revision, nextFireAt }]);
const edit = async ({ database, config: { jobId } }: Scene, over: Partial<JobSpec>): Promise<unknown> =>
  new SchedulerJobConfigRepository(database).upsert(sampleSpec({ ...EVERY_MINUTE, ...over, jobId }), {
    actor: 'admin',
  });
const skipped =
  (type: DatedEvent['type'], cause: string | null): Story =>
  ({ database, config: { jobId } }) =>
    new PostgresEventLedger(database).append([
      { type, jobId, scheduledAt: AT, reason: 'because', ...(cause === null ? {} : { detail: { cause } }) },
    ]);

/** What is recorded of the occurrence at `AT`, or of the job around it. */
const STORIES: readonly (readonly [verdict: Verdict, from: string, story: Story, at?: Date])[] = [
  ['ran', 'a success', (scene) => finish(scene, succeeded)],
  ['failed', 'a failure', (scene) => finish(scene, failed)],
  ['running', 'a record without an end', (scene) => log(scene).create(runOf(scene))],
  ['waiting', 'a cursor that stands there', (scene) => arm(scene, AT)],
  ['misfired', 'its event', skipped('occurrence.misfired', null)],
  ['skippedOverlap', 'its event', skipped('occurrence.skipped', 'overlap')],
  ['skippedOverlap', 'the event of a limit', skipped('occurrence.skipped', 'limit')],
  ['paused', 'its event', skipped('occurrence.skipped', 'paused')],
  [
    'paused',
    'the audit trail',
    ({ database, config: { jobId } }) =>
      new PostgresJobPauses(database).pause({ jobId, actor: 'operator', reason: null, until: null }),
  ],
  ['disabled', 'the audit trail', (scene) => edit(scene, { enabled: false })],
  ['edited', 'its event', skipped('occurrence.skipped', 'edited')],
  [
    'deleted',
    'the audit trail',
    ({ database, config: { jobId } }) => new PostgresJobRemovals(database).remove({ jobId, actor: 'admin' }),
  ],
  ['held', 'its event', skipped('occurrence.held', 'outage')],
  ['unresolved', 'its event', skipped('job.unresolved', 'unresolved')],
  [
    'unresolved',
    'a function that nobody registers',
    async (scene) => {
      await edit(scene, { handler: 'unknown' });
      const config = await new SchedulerJobConfigRepository(scene.database).getByJobId(scene.config.jobId);
      await arm({ ...scene, config: config! }, AT);
    },
  ],
  [
    'invalid',
    'the row',
    ({ database, config: { jobId } }) =>
      database.rows(sql`update scheduler_job_config set cron_expression = 'nonsense' where job_id = ${jobId}`),
  ],
  ['expired', 'the end of the job', (scene) => edit(scene, { endAt: new Date(AT.getTime() - 1) })],
  ['notScheduled', 'the schedule', (scene) => arm(scene, new Date(NOW)), new Date(AT.getTime() + 1)],
  ['notYet', 'the clock', (scene) => arm(scene, new Date(NOW + MINUTE)), new Date(NOW + 10 * MINUTE)],
  ['beforeCreation', 'the audit trail', (scene) => arm(scene, new Date(NOW)), new Date(Date.UTC(2020, 0, 1))],
  ['unknown', 'nothing at all', (scene) => arm(scene, new Date(NOW + MINUTE))],
];

const runOf = ({ config: { jobId } }: Scene) => sampleRun({ jobId, scheduledAt: AT, startedAt: AT });

async function finish(scene: Scene, outcomeOf: typeof succeeded | typeof failed): Promise<void> {
  const run = runOf(scene);
  await log(scene).create(run);
  await log(scene).update(run, outcomeOf(run));
}

describeOnEveryDatabase('JobLedger.why()', (database) => {
  const ledger = () =>
    new JobLedger({
      history: new PostgresEventHistory(database()),
      configs: new SchedulerJobConfigRepository(database()),
      records: new PostgresOccurrenceRecords(database()),
      registry: () => registryOf({ known: { run: () => null } }),
      now: () => NOW,
      defaults: { timezone: 'UTC' },
    });

  it.each(STORIES.map(([verdict, from, story, at = AT]) => ({ verdict, from, story, at })))(
    'why() says $verdict, from $from',
    async ({ verdict, story, at }) => {
      const config = await saveJob(database(), EVERY_MINUTE);
      await story({ database: database(), config });
      const answer = await ledger().why(config.jobId, at.toISOString());
      expect(answer.verdict).toBe(verdict);
      expect(answer.sentence).toMatch(/\(UTC\): \S/);
      expect(answer.sentenceZh).toMatch(/\(UTC\)：\S/);
    },
  );

  it('every verdict has its story', () => {
    expect(new Set(STORIES.map(([verdict]) => verdict))).toEqual(new Set(VERDICTS));
  });
});

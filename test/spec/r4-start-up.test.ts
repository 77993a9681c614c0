/** R4: jobs register themselves at start-up, from the rows of the database and the functions of the modules. */
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_POLICIES, type JobSpec } from '../../src/modules/foundation/domain/job-config.ts';
import { type DatabaseEngine, databaseEngine } from '../support/database-engine.ts';
import { resolveOn } from '../support/database-foundation.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

const EXPRESSIONS = {
  'sync.stocks': '30 15 * * 0-4',
  'sync.prices': '*/10 * * * *',
  'report.daily': '0 8 * * *',
  'report.monthly': '0 9 1 * *',
};
const job = (): null => null;
const MODULES = {
  sync: { 'sync.stocks': job, 'sync.prices': job },
  report: { 'report.daily': job, 'report.monthly': job },
};

describeOnEveryDatabase('R4', (database) => {
  const started: DatabaseEngine[] = [];

  function application(modules: Parameters<typeof databaseEngine>[1] = MODULES): DatabaseEngine {
    const engine = databaseEngine(database(), modules);
    started.push(engine);
    return engine;
  }

  async function save(jobId: string, edit: Partial<JobSpec> = {}): Promise<void> {
    const spec = {
      ...DEFAULT_POLICIES,
      jobId,
      jobName: jobId,
      cronExpression: '0 0 * * *',
      dialect: 'apscheduler',
    } as const;
    await resolveOn(database(), 'configs').upsert({ ...spec, timezone: 'Asia/Shanghai', ...edit }, { actor: 'test' });
  }

  const registered = ({ wired }: DatabaseEngine) =>
    Object.fromEntries(wired.scheduler.getJobs().map((one) => [one.jobId, one.cronExpression]));
  const lines = ({ logger }: DatabaseEngine, level: string) => logger.lines.filter((line) => line.level === level);

  beforeEach(async () => {
    await database().rows(sql`delete from scheduler_job_config`);
    for (const [jobId, cronExpression] of Object.entries(EXPRESSIONS)) await save(jobId, { cronExpression });
  });
  afterEach(async () => {
    for (const { lifespan, database: link } of started.splice(0)) {
      link.isCut = false;
      await lifespan.stop();
    }
  });

  it('R4.1 four enabled configurations, four functions: four jobs, each with its row’s expression', async () => {
    const app = application();
    await app.lifespan.start();
    expect(registered(app)).toEqual(EXPRESSIONS);
    const jobs = app.wired.scheduler.getJobs();
    expect(jobs.every((one) => one.isPersisted && one.timezone === 'Asia/Shanghai')).toBe(true);
    expect(jobs.every((one) => one.nextFireAt !== null && one.nextFireAt > Date.now())).toBe(true);
    expect([...lines(app, 'warn'), ...lines(app, 'error')]).toEqual([]);
  });

  it('R4.1 each next fire is the one that APScheduler would give', async () => {
    const app = application();
    await app.lifespan.start();
    const { nextFireAt } = app.wired.scheduler.getJobs().find((one) => one.jobId === 'sync.stocks')!;
    const shanghai = new Date(nextFireAt! + 8 * 3_600_000);
    expect(shanghai.toISOString().slice(11, 16)).toBe('15:30');
    expect([1, 2, 3, 4, 5]).toContain(shanghai.getUTCDay());
  });

  it('R4.2 a row whose job_id is not in the registry: a WARNING, the others are registered', async () => {
    await save('retired.job');
    const app = application();
    await app.lifespan.start();
    expect(registered(app)).toEqual(EXPRESSIONS);
    expect(lines(app, 'warn')).toEqual([
      expect.objectContaining({
        message: expect.stringContaining("'retired.job' is skipped"),
        properties: expect.objectContaining({ jobId: 'retired.job' }),
      }),
    ]);
  });

  it('R4.2 rows that SQL made unreadable: a WARNING each, the others are registered', async () => {
    await database().rows(sql`
      insert into scheduler_job_config (job_id, job_name, cron_expression, timezone, handler, start_at) values
        ('bad.text', 'n', 'every now and then', 'UTC', 'sync.stocks', null),
        ('bad.zone', 'n', '0 0 * * *', 'Mars/Olympus', 'sync.stocks', null),
        ('bad.start', 'n', '0 0 * * *', 'UTC', 'sync.stocks', 'infinity')`);
    const app = application();
    await app.lifespan.start();
    expect(registered(app)).toEqual(EXPRESSIONS);
    expect(new Set(lines(app, 'warn').map(({ properties }) => properties['jobId']))).toEqual(
      new Set(['bad.start', 'bad.text', 'bad.zone']),
    );
    expect(lines(app, 'warn')).toHaveLength(3);
  });

  it('R4.3 database unreachable at start: ERROR, the application starts with no job, and by hand one can be registered', async () => {
    const ran: string[] = [];
    const app = application();
    app.database.isCut = true;
    await app.lifespan.start();
    expect(registered(app)).toEqual({});
    expect(lines(app, 'error').map(({ message }) => message)).toEqual([
      expect.stringContaining('The database cannot be used'),
      expect.stringContaining('could not be loaded'),
    ]);
    expect(app.wired.readiness.report()).toMatchObject({ mode: 'degraded' });
    const run = (_kwargs: unknown, context: { jobId: string }): void => void ran.push(context.jobId);
    app.wired.scheduler.registerJob({ jobId: 'by.hand', cronExpression: '* * * * *', timezone: 'UTC', run });
    expect(registered(app)).toEqual({ 'by.hand': '* * * * *' });
    await app.time.advance(60_000);
    expect(ran).toEqual(['by.hand']);
  });

  it('R4.3 the persisted jobs appear once the database is back, without a restart', async () => {
    const app = application();
    app.database.isCut = true;
    await app.lifespan.start();
    await app.time.advance(10_000);
    expect(registered(app)).toEqual({});
    app.database.isCut = false;
    const { promise: isBack, resolve } = Promise.withResolvers<void>();
    await app.wired.supervisor.onReturn(async () => resolve());
    await app.time.advance(1_000);
    await isBack;
    expect(registered(app)).toEqual(EXPRESSIONS);
  });

  it('R4.4 enabled = false: not registered', async () => {
    await save('report.daily', { enabled: false });
    const app = application();
    await app.lifespan.start();
    const { 'report.daily': _disabled, ...others } = EXPRESSIONS;
    expect(registered(app)).toEqual(others);
    expect(lines(app, 'warn')).toEqual([]);
  });

  it('R4 the scheduler is started before the persisted jobs are loaded, from the registry of all modules', async () => {
    const app = application();
    const { scheduler } = app.wired;
    const order: string[] = [];
    const start = scheduler.startScheduler.bind(scheduler);
    const load = scheduler.loadPersistedJobs.bind(scheduler);
    scheduler.startScheduler = () => (order.push('startScheduler'), start());
    scheduler.loadPersistedJobs = (registry) => (
      order.push(`loadPersistedJobs ${[...registry.keys()].join(' ')}`),
      load(registry)
    );
    await app.lifespan.start();
    expect(order).toEqual(['startScheduler', `loadPersistedJobs ${Object.keys(EXPRESSIONS).join(' ')}`]);
  });
});

/** createScheduler(): what it refuses, and its one lifecycle, on the embedded database in memory. */
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { createScheduler, type Scheduler, type SchedulerOptions } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { InMemoryLogger } from '../../support/in-memory-logger.ts';

const ADMIN_TOKEN = 'an-admin-token-of-32-characters-or-more';
const run = (): number => 1;

// As a program without types calls it.
const make = (options: unknown): Promise<Scheduler> => createScheduler(options as SchedulerOptions);

describe('createScheduler() refuses', () => {
  const CASES: [string, unknown, string, RegExp][] = [
    ['options that are no object', null, '', /wants an object, and got null/],
    ['an option that is none', { module: {} }, 'module', /module is no option: did you mean modules\.$/],
    ['an option that is near none', { zzz: 1 }, 'zzz', /there are modules, database, schema, settings, logger/],
    ['modules that are none', { modules: null }, 'modules', /got null/],
    ['a registry that is none', { modules: { x: 5 } }, 'modules.x', /modules\.x wants an object .* got the number 5/],
    ['a registry of null', { modules: { x: null } }, 'modules.x', /got null/],
    ['a function that is none', { modules: { x: { 'x.a': 5 } } }, "modules.x['x.a']", /wants a function or defineJob/],
    ['a definition without run', { modules: { x: { 'x.a': {} } } }, "modules.x['x.a'].run", /got undefined/],
    [
      'kwargs without a schema',
      { modules: { x: { a: { run, kwargs: {} } } } },
      "modules.x['a'].kwargs",
      /Standard Sch/,
    ],
    [
      'warnings that are no function',
      { modules: { x: { a: { run, warnings: [] } } } },
      "modules.x['a'].warnings",
      /an empty array|an array/,
    ],
    ['defaults that are none', { modules: { x: { a: { run, defaults: [] } } } }, "modules.x['a'].defaults", /an array/],
    ['a misspelt name', { modules: { x: { a: { run, default: {} } } } }, "modules.x['a'].default", /did you mean def/],
    ['a module of an own name', { modules: { http: {} } }, 'modules.http', /service's own modules\. Name it otherwise/],
    ['a database that is none', { database: 5 }, 'database', /wants 'postgres:.* got the number 5/],
    [
      'a client of another driver',
      { database: { query: run } },
      'database',
      /a client of postgres\.js, and got an object/,
    ],
    ['a schema that is no text', { schema: 5 }, 'schema', /wants a text, and got the number 5/],
    ['settings that are none', { settings: 'PORT=1' }, 'settings', /got a string/],
    ['a logger that is none', { logger: { info: run } }, 'logger', /wants a Logger/],
    ['a setting that is none', { settings: { PORTT: '1' } }, 'PORTT', /PORTT is no setting: did you mean PORT\.$/],
  ];
  for (const [title, options, path, message] of CASES) {
    it(`${title}, saying where and what is right`, async () => {
      const error = await make(options).then(
        () => null,
        (fault: unknown) => fault as { code: string; message: string; errors: { path: string }[] },
      );
      expect(error).toMatchObject({ errors: [{ path }] });
      expect(error?.code).toMatch(/^(INVALID_INPUT|SETTINGS_INVALID)$/);
      expect(error?.message).toMatch(message);
    });
  }

  it('all at once', async () => {
    const faulty = { module: {}, database: 5, schema: 5 };
    await expect(make(faulty)).rejects.toMatchObject({
      errors: [{ path: 'module' }, { path: 'database' }, { path: 'schema' }],
    });
    await expect(make({ modules: { x: 5, y: { 'y.a': {} } } })).rejects.toMatchObject({
      errors: [{ path: 'modules.x' }, { path: "modules.y['y.a'].run" }],
    });
  });

  it('nothing that is right: a function, a definition, an empty registry, a client', async () => {
    const sql = postgres('postgres://nobody@127.0.0.1:1/none');
    const modules = { x: { 'x.a': run, 'x.b': { run, description: 'B' } }, none: {} };
    await expect(make({ modules, database: sql, settings: { ADMIN_TOKEN, PORT: undefined } })).resolves.toBeDefined();
    await sql.end();
  });
});

describe('Scheduler', () => {
  it('start() after stop() begins anew: it answers, runs what is asked for, and what was registered by hand', async () => {
    const ran: string[] = [];
    const modules = { visits: { 'visits.count': () => void ran.push('visits.count') } };
    const logger = new InMemoryLogger();
    const one = await createScheduler({ modules, database: 'memory://', settings: { ADMIN_TOKEN }, logger });
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
    const call = (method: string, path: string, body?: object) =>
      one.app.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    for (const round of ['first', 'second']) {
      await one.stop();
      await Promise.all([one.start(), one.start()]);
      ran.length = 0;
      expect((await call('GET', '/readyz')).status, round).toBe(200);
      const job = { jobName: 'Counts', cronExpression: '@every 1s' };
      expect((await call('PUT', '/admin/jobs/visits.count', job)).status, round).toBe(201);
      const byHand = { jobId: round, cronExpression: '@every 1s', timezone: 'UTC', run: () => void ran.push(round) };
      one.scheduler.registerJob(byHand);
      await eventually(async () => expect(ran).toEqual(expect.arrayContaining(['visits.count', round])));
      await Promise.all([one.stop(), one.stop()]);
      const { checks } = await (await call('GET', '/readyz')).json();
      expect(checks[0], round).toMatchObject({ name: 'database', ok: false });
    }
  });
});

/** Secrets that are planted in arguments, headers and settings: no answer, log line, event or metric has one. */
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { tokenOf } from '../../src/modules/foundation/tokens.ts';
import { mergeRegistries } from '../../src/main/modules.ts';
import { RunController } from '../../src/modules/foundation/application/run-controller.ts';
import type { JobFunction } from '../../src/modules/foundation/index.ts';
import { sampleRun } from '../conformance/samples.ts';
import { databaseService } from '../support/database-service.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { clientOf } from '../support/in-memory-client.ts';
import { TOKENS } from '../support/in-memory-service.ts';

const CANARY = 'canary-7f3a91';
const jobKwargs = {
  to: 'a@b.c',
  apiToken: CANARY,
  headers: { Authorization: `Bearer ${CANARY}`, 'X-Api-Secret': CANARY },
  nested: [{ dbPassword: CANARY }],
  hook: `https://user:${CANARY}@host/?token=${CANARY}`,
};

/** Says what it was given in every way that a run can. */
const leak: JobFunction = async ({ hook, to }, context) => {
  context.logger.info(`calling ${hook as string} with ${CANARY}`, { said: CANARY, error: new Error(CANARY) });
  context.progress(0.5, `half of ${CANARY}`);
  if (to === 'fails') throw new Error(`no answer from ${hook as string}`, { cause: { sent: CANARY } });
  return { sent: [CANARY, hook], [CANARY]: true };
};

describeOnEveryDatabase('secrets', (database) => {
  describe('of a job', () => {
    test('stand in no answer, event, log line or metric', async () => {
      const { app, logger, container } = databaseService(database());
      const send = clientOf({ app });
      const told: string[] = [];
      container.resolve(tokenOf('bus')).subscribe((event) => void told.push(JSON.stringify(event)));
      const ask = async (request: `${string} /${string}`, body?: unknown) => {
        const { status, headers, text } = await send(request, {
          body,
          headers: told.length === 0 || request.endsWith('mail') ? {} : { 'if-match': '*' },
        });
        told.push(text, JSON.stringify([...headers]));
        return status;
      };
      const job = { jobName: 'A', cronExpression: '0 9 * * *', handler: 'warm-cache', jobKwargs };
      expect(await ask('PUT /admin/jobs/canary', job)).toBe(201);
      expect(await ask('PATCH /admin/jobs/canary', { jobKwargs: { ...jobKwargs, to: 'c@d.e' } })).toBe(200);
      expect(await ask('POST /admin/jobs/canary/trigger', { jobKwargs })).toBe(202);
      expect(await ask('PUT /admin/jobs/canary', { ...job, cronExpression: 'never' })).toBe(422);
      expect(await ask('PUT /admin/jobs/mail', { ...job, handler: 'send-mail', jobKwargs: { apiToken: CANARY } })).toBe(
        422,
      );
      const registry = mergeRegistries({ test: { 'warm-cache': leak } });
      const [config] = await container.resolve(tokenOf('configs')).getByJobIds(['canary']);
      for (const [to, status] of [['succeeds', 'SUCCESS'] as const, ['fails', 'FAILED'] as const]) {
        const run = { ...sampleRun({ jobId: 'canary', jobKwargs: { ...jobKwargs, to } }), isRecorded: false };
        const executor = container.resolve(tokenOf('executor'));
        await executor.finish(executor.start({ run, config: config!, registry, controller: new RunController() }));
        const { json, text } = await send(`GET /admin/executions/${run.id}`);
        const logs = await send(`GET /admin/executions/${run.id}/logs`);
        expect(json).toMatchObject({ status, progress: { fraction: 0.5, message: 'half of ***' } });
        expect(logs.json.items[0].message).toBe('calling https://user:***@host/?token=*** with ***');
        told.push(text, logs.text);
      }
      for (const path of [
        '/admin/jobs',
        '/admin/jobs/canary',
        '/admin/executions',
        '/admin/events',
        '/admin/scheduler',
        '/metrics',
      ] as const) {
        expect(await ask(`GET ${path}`)).toBe(200);
      }
      told.push(JSON.stringify(logger.lines));
      told.push(JSON.stringify(logger.lines.map(({ properties }) => String((properties?.['error'] as Error)?.stack))));
      told.push(JSON.stringify(await database().rows(sql`select detail::text from scheduler_event`)));
      const rows = await database().rows(sql`
        select result::text, error_message, error_stack, progress::text from scheduler_execution_log
        union all select properties::text, message, null, null from scheduler_run_log`);
      expect(rows).toHaveLength(4);
      told.push(JSON.stringify(rows));
      expect(told.filter((text) => text.includes(CANARY))).toEqual([]);
      expect(told.filter((text) => Object.values(TOKENS).some((token) => text.includes(token)))).toEqual([]);
      // They are where they are needed, so that there was something to find.
      expect(JSON.stringify(await database().rows(sql`select job_kwargs::text from scheduler_job_config`))).toContain(
        CANARY,
      );
    });
  });
});

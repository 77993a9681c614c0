/**
 * Every field that a route takes, by the document, with every hostile value: it is kept and answered as what it is, or
 * refused by a problem that names the field; and the service goes on as before.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { isSecretKey } from '../../src/modules/foundation/domain/secret-key.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { documentOf } from '../fuzz/send-fuzzed.ts';
import { databaseService } from '../support/database-service.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { type Answer, type Client, clientOf } from '../support/in-memory-client.ts';
import { inMemoryService, TOKENS } from '../support/in-memory-service.ts';
import { EventStreamReader } from '../support/read-event-stream.ts';
import { VALID_BODIES } from '../unit/modules/foundation/interface/http/contract-cases.ts';
import { HELD_PAYLOADS, JOB_IDS, PATH_TEXTS, type Payload, PAYLOADS } from './hostile-payloads.ts';

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly template: string;
  readonly fields: readonly Field[];
}

interface Field {
  readonly name: string;
  /** A list or an object: what is hostile may stand inside of it. */
  readonly holdsOthers: boolean;
}

async function readOperations(): Promise<Operation[]> {
  const document = await documentOf(inMemoryService().app, TOKENS.admin);
  const paths = Object.entries<Record<string, { operationId: string; requestBody?: unknown }>>(document.paths);
  return paths.flatMap(([template, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'get')
      .map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        template,
        fields: fieldsOf(operation.requestBody),
      })),
  );
}

// oxlint-disable-next-line typescript/no-explicit-any
function fieldsOf(requestBody: any): Field[] {
  const properties = Object.entries<{ type?: string }>(
    requestBody?.content['application/json'].schema.properties ?? {},
  );
  return properties.map(([name, { type }]) => ({ name, holdsOthers: type === 'array' || type === 'object' }));
}

const OPERATIONS = await readOperations();
const WITH_FIELDS = OPERATIONS.filter(({ fields }) => fields.length > 0);
const WITH_ID = OPERATIONS.filter(({ template }) => template.includes('{'));

let runs = 0;
/** A run that the operation can work on. */
async function insertRun(database: Database, status: 'RUNNING' | 'SUCCESS'): Promise<string> {
  const id = randomUUID();
  runs += 1;
  const at = new Date(Date.UTC(2020, 0, 1) + runs * 1_000).toISOString();
  await database.rows(sql`
    insert into scheduler_execution_log (id, job_id, started_at, scheduled_at, finished_at, status, instance_id)
    values (${id}::uuid, 'victim', ${at}::timestamptz, ${at}::timestamptz,
      case when ${status} = 'SUCCESS' then ${at}::timestamptz end, ${status}, 'elsewhere')`);
  return id;
}

async function pathOf({ id, template }: Operation, database: Database): Promise<string> {
  if (!template.includes('{id}')) return template.replace('{jobId}', 'victim');
  return template.replace('{id}', await insertRun(database, id === 'cancelExecution' ? 'RUNNING' : 'SUCCESS'));
}

function validBodyOf({ id }: Operation): Record<string, unknown> {
  // Without a handler only the ids of functions would be taken.
  return { ...(VALID_BODIES[id] as object | undefined), ...(id === 'putJob' ? { handler: 'warm-cache' } : {}) };
}

/** The operation's valid body, with one field as the payload spells it. */
function bodyOf(operation: Operation, field: string, { json }: Payload): string {
  const { [field]: _replaced, ...rest } = validBodyOf(operation);
  const others = Object.entries(rest).filter(([, value]) => value !== undefined);
  const members = others.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{${[...members, `${JSON.stringify(field)}: ${json}`].join(', ')}}`;
}

/** The same text for the same value: the database keeps no order of keys. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${inOrder(member)}`);
  return `{${members.toSorted().join()}}`;
}

function expectPlainJson({ status, headers, text }: Answer, title: string): void {
  expect(status, `${title}: ${text.slice(0, 500)}`).toBeLessThan(500);
  const mediaType = status < 400 ? 'application/json' : 'application/problem+json';
  if (text !== '') expect(headers.get('content-type'), title).toBe(mediaType);
  expect(headers.get('x-content-type-options'), title).toBe('nosniff');
  expect(headers.get('set-cookie'), title).toBeNull();
}

/** What was taken stands in the answer, where the answer has such a field, or in the ledger. */
async function expectKept(send: Client, field: string, payload: Payload, answer: Answer): Promise<void> {
  const given: unknown = JSON.parse(payload.json);
  if (typeof given === 'string' && field === 'reason') {
    const { json } = await send('GET /admin/events?limit=20');
    expect(JSON.stringify(json.items), payload.name).toContain(JSON.stringify(given).slice(1, -1));
  }
  if (!['jobName', 'notes', 'tags', 'jobKwargs'].includes(field) || !Object.hasOwn(answer.json, field)) return;
  if (typeof given === 'object' && given !== null && Object.keys(given).some(isSecretKey)) return;
  expect(inOrder(answer.json[field]), payload.name).toBe(inOrder(given));
}

/** A fault names where it is: the field, or a place inside of it. */
function expectNamed(field: string, { status, json }: Answer, title: string): void {
  if (status !== 422 && status !== 400) return;
  const paths: string[] = json.errors.map(({ path }: { path: string }) => path.split(/[.[]/)[0]);
  // Without a handler it is the job's id that names the function.
  expect(field === 'handler' && paths.includes('jobId') ? field : paths, title).toContain(field);
}

const untouched = (): unknown =>
  [Object, Array, Function, String].map(({ prototype }) => Reflect.ownKeys(prototype).length);

describeOnEveryDatabase('hostile payloads', (database) => {
  const PROTOTYPES = untouched();
  const setUp = async () => {
    const { app, logger } = databaseService(database());
    const send = clientOf({ app });
    const body = { jobName: 'Victim', cronExpression: '0 9 * * *', handler: 'warm-cache' };
    await send('PUT /admin/jobs/victim', { body, headers: { 'if-match': '*' } });
    await send('PUT /admin/jobs/victim', { body });
    return { app, logger, send };
  };

  test.each(WITH_FIELDS)(
    '$id keeps each as it is, or names the field that it refuses',
    async (operation) => {
      const { send, logger } = await setUp();
      for (const { name: field, holdsOthers } of operation.fields) {
        for (const payload of holdsOthers ? [...PAYLOADS, ...HELD_PAYLOADS] : PAYLOADS) {
          const title = `${operation.id}, ${field}: ${payload.name}`;
          const body = bodyOf(operation, field, payload);
          const path = await pathOf(operation, database());
          const headers = operation.id === 'putJob' ? { 'if-match': '*' } : {};
          const answer = await send(`${operation.method} ${path}` as `PUT /`, { body, headers });
          expectPlainJson(answer, title);
          if (operation.id !== 'signIn') expectNamed(field, answer, title);
          if (answer.status < 300) await expectKept(send, field, payload, answer);
        }
      }
      expect(untouched()).toEqual(PROTOTYPES);
      expect(Object.keys({})).toEqual([]);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    },
    120_000,
  );

  test.each(WITH_ID)('$id takes each for an id like any other, and none breaks a header', async (operation) => {
    const { send } = await setUp();
    for (const text of PATH_TEXTS) {
      const path = operation.template.replace(/\{\w+\}/, () => text);
      const body = operation.fields.length > 0 ? validBodyOf(operation) : undefined;
      const answer = await send(`${operation.method} ${path}` as `PUT /`, body === undefined ? {} : { body });
      expect(answer.status, `${operation.id} ${path}: ${answer.text}`).toBeLessThan(500);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(answer.headers.get('location') ?? '').not.toMatch(/[\r\n]/);
    }
  });

  test('leave a service behind that answers all that is asked of it', async () => {
    const { app, send } = await setUp();
    expect((await send('PATCH /admin/jobs/victim', { body: { notes: PAYLOADS[0]!.name } })).status).toBe(200);
    // Only SQL can write such ids.
    for (const text of JOB_IDS) {
      await database().rows(sql`
        insert into scheduler_job_config (job_id, job_name, cron_expression) values (${text}, ${text}, '0 9 * * *')`);
    }
    const { json: page } = await send('GET /admin/jobs?limit=500');
    expect(page.items.map(({ jobId }: { jobId: string }) => jobId)).toEqual(expect.arrayContaining([...JOB_IDS]));
    for (const { jobId } of page.items) {
      const path = encodeURIComponent(jobId);
      expect((await send(`GET /admin/jobs/${path}`)).json.jobId).toBe(jobId);
      expect((await send(`GET /admin/jobs/${path}/why?at=2026-01-01T09:00:00Z`)).status).toBe(200);
    }
    for (const path of ['events?limit=500', 'executions?limit=500', 'scheduler', 'registry', 'jobs/victim'] as const) {
      expect((await send(`GET /admin/${path}`)).status, path).toBe(200);
    }
    expect((await send('GET /metrics')).status).toBe(200);
    const headers = { authorization: `Bearer ${TOKENS.viewer}` };
    const response = await app.request('/admin/stream', { headers });
    const reader = new EventStreamReader(response.body!);
    expect((await reader.next())?.event).toBe('hello');
    await reader.close();
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { JobAdmin } from '../../../../../src/modules/foundation/application/job-admin.ts';
import { JobPreconditionError } from '../../../../../src/modules/foundation/application/job-precondition.ts';
import { InvalidJobError } from '../../../../../src/modules/foundation/application/job-spec-fault.ts';
import { JobNotFoundError, RevisionRequiredError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { InMemoryExecutions } from '../../../../support/in-memory-executions.ts';
import { InMemoryJobConfigs, jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { InMemoryPendingRuns } from '../../../../support/in-memory-pending-runs.ts';
import { type InMemoryService, inMemoryService, NOW, registryOf } from '../../../../support/in-memory-service.ts';

const ORDER = { actor: 'admin', precondition: {} };
const DRAFT = { jobName: 'Warm', cronExpression: '*/5 * * * *' };

let service: InMemoryService;
let admin: JobAdmin;
beforeEach(() => {
  service = inMemoryService();
  admin = service.jobAdmin;
});

describe('JobAdmin.put()', () => {
  test('stores the arguments as they were sent: defaults belong to the function', async () => {
    await admin.put('send-mail', { ...DRAFT, jobKwargs: { to: 'a@b.c' } }, ORDER);
    expect(service.configs.stored('send-mail').jobKwargs).toEqual({ to: 'a@b.c' });
  });

  test('tells whether it created', async () => {
    expect((await admin.put('warm-cache', DRAFT, ORDER)).isNew).toBe(true);
    const order = { actor: 'admin', precondition: { ifMatch: '*' as const } };
    expect((await admin.put('warm-cache', DRAFT, order)).isNew).toBe(false);
  });

  test('keeps an id that the API would not give, where the row has it', async () => {
    service.configs.insert(jobConfig('每日 job'));
    const order = { actor: 'admin', precondition: { ifMatch: [1] } };
    const { job } = await admin.put('每日 job', { ...DRAFT, handler: 'warm-cache' }, order);
    expect(job.config.jobId).toBe('每日 job');
  });

  test('rejects with errors of their own class', async () => {
    await expect(admin.put('warm-cache', { ...DRAFT, cronExpression: 'x' }, ORDER)).rejects.toThrow(InvalidJobError);
    const order = { actor: 'admin', precondition: { ifMatch: [1] } };
    await expect(admin.put('warm-cache', DRAFT, order)).rejects.toThrow(JobPreconditionError);
    service.configs.insert(jobConfig('warm-cache'));
    await expect(admin.put('warm-cache', DRAFT, ORDER)).rejects.toThrow(RevisionRequiredError);
    await expect(admin.get('none')).rejects.toThrow(JobNotFoundError);
  });

  test('names policies that are out of range, whoever calls', async () => {
    const error = await admin
      .put('warm-cache', { ...DRAFT, maxAttempts: 0, timeoutMs: 0.5 }, ORDER)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', errors: [{ path: 'maxAttempts' }, { path: 'timeoutMs' }] });
  });

  test("shows the last run's outcome in the state of what was saved", async () => {
    service.configs.insert(jobConfig('warm-cache'), { lastStatus: 'FAILED' });
    const order = { actor: 'admin', precondition: { ifMatch: [1] } };
    expect((await admin.put('warm-cache', DRAFT, order)).job.state).toBe('failing');
  });
});

describe('JobAdmin.preview()', () => {
  test('needs no database where no job is named', async () => {
    service.configs.failure = new Error('away');
    expect((await admin.preview({ cronExpression: '@hourly', dialect: 'unix' })).occurrences).toHaveLength(10);
  });
});

function adminWith(registry: Parameters<typeof registryOf>[0]): JobAdmin {
  return new JobAdmin({
    configs: new InMemoryJobConfigs(),
    executions: new InMemoryExecutions(),
    pending: new InMemoryPendingRuns(() => NOW),
    registry: () => registryOf(registry),
    now: () => NOW,
    defaults: { timezone: 'UTC' },
    newId: () => crypto.randomUUID(),
  });
}

/** A Standard Schema of no library. */
function schemaOf(standard: object) {
  return {
    '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }), ...standard },
  };
}

describe('JobAdmin', () => {
  test('says a schedule in words, in both languages', async () => {
    const spoken = adminWith({ a: { run: () => null } });
    const { job } = await spoken.put('a', DRAFT, ORDER);
    expect(job).toMatchObject({ description: 'Every 5 minutes, UTC', descriptionZh: expect.stringContaining('分钟') });
    const { description, descriptionZh } = await spoken.preview(DRAFT);
    expect({ description, descriptionZh }).toEqual({ description: job.description, descriptionZh: job.descriptionZh });
  });

  test("warns of what an outage policy of 'run' means for several instances", async () => {
    const holding = adminWith({ a: { run: () => null } });
    const { job } = await holding.put('a', { ...DRAFT, outagePolicy: 'run' }, ORDER);
    expect(job.warnings).toEqual([expect.stringContaining("outagePolicy 'run'")]);
    expect((await holding.patch('a', { outagePolicy: 'hold' }, ORDER)).warnings).toEqual([]);
  });

  test('passes on what a function warns of, of its arguments with the defaults, and of one that fails at it', async () => {
    const defaults = { host: 'here' };
    const warnings = ({ host }: { host: string }) => (host === 'here' ? ['Nobody is here.'] : []);
    const warning = adminWith({ a: { run: () => null, defaults, warnings } as never });
    expect((await warning.put('a', DRAFT, ORDER)).job.warnings).toEqual(['Nobody is here.']);
    expect((await warning.patch('a', { jobKwargs: { host: 'there' } }, ORDER)).warnings).toEqual([]);
    const fail = () => {
      throw new Error('no');
    };
    const failing = adminWith({ a: { run: () => null, warnings: fail } });
    expect((await failing.put('a', DRAFT, ORDER)).job.warnings).toEqual(["What 'a' warns of is not known: no"]);
  });

  test('warns of a limit above one where the runs exclude each other', async () => {
    const warningsOf = async (edit: object) =>
      (await adminWith({ a: { run: () => null } }).put('a', { ...DRAFT, ...edit }, ORDER)).job.warnings;
    expect(await warningsOf({ maxConcurrentRuns: 3 })).toEqual([expect.stringMatching(/^maxConcurrentRuns 3/)]);
    expect(await warningsOf({ maxConcurrentRuns: 1 })).toEqual([]);
    expect(await warningsOf({ maxConcurrentRuns: 3, overlapPolicy: 'allow' })).toEqual([]);
  });

  test('takes a schema of any library, and its JSON Schema where it has one', () => {
    const jsonSchema = { input: () => ({ type: 'object' }) };
    const broken = {
      input: () => {
        throw new Error('not representable');
      },
    };
    const own = adminWith({
      a: { run: () => null, kwargs: schemaOf({ jsonSchema }) },
      b: { run: () => null, kwargs: schemaOf({}) },
      c: { run: () => null, kwargs: schemaOf({ jsonSchema: broken }) },
    });
    expect(own.registry().map(({ kwargsSchema }) => kwargsSchema)).toEqual([{ type: 'object' }, null, null]);
  });

  test('a schema that throws refuses the arguments, and nothing else breaks', async () => {
    const validate = () => {
      throw new TypeError('cannot read x of undefined');
    };
    const own = adminWith({ a: { run: () => null, kwargs: schemaOf({ validate }) } });
    const error = await own.put('a', DRAFT, ORDER).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'KWARGS_INVALID', errors: [{ path: 'jobKwargs' }] });
  });

  test('awaits a schema that answers later', async () => {
    const validate = async () => ({ issues: [{ message: 'no such customer', path: ['customer'] }] });
    const own = adminWith({ a: { run: () => null, kwargs: schemaOf({ validate }) } });
    const error = await own.put('a', DRAFT, ORDER).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ errors: [{ path: 'jobKwargs.customer', message: 'no such customer' }] });
  });

  test('masks secrets among the defaults that it lists', () => {
    const own = adminWith({ a: { run: () => null, defaults: { apiToken: 'hunter2' } } });
    expect(own.registry()[0]!.defaults).toEqual({ apiToken: '***' });
  });
});

/** Cursors that somebody has made up: each list refuses them, or goes on from there. No database is asked what it cannot read. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SchedulerExecutionLogRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-execution-log-repository.ts';
import { SchedulerJobConfigRepository } from '../../src/modules/foundation/infrastructure/persistence/scheduler-job-config-repository.ts';
import { encodePageCursor } from '../../src/modules/foundation/infrastructure/persistence/page-cursor.ts';
import { PostgresEventHistory } from '../../src/modules/foundation/infrastructure/persistence/postgres-event-history.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

const two = fc.nat(99).map((number) => String(number).padStart(2, '0'));
const four = fc.nat(9_999).map((number) => String(number).padStart(4, '0'));
const instant = fc.oneof(
  fc
    .tuple(fc.oneof(four, fc.constantFrom('0000', '0001', '9999')), fc.array(two, { minLength: 5, maxLength: 5 }))
    .map(([year, [month, day, hour, minute, second]]) => `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`),
  fc
    .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('+010000-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom('0000-01-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z', 'infinity', '-infinity', 'now', ''),
);
const part = fc.oneof(
  instant,
  fc.uuid(),
  fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
  fc.string({ unit: 'binary' }),
);

describeOnEveryDatabase('A forged cursor', (database) => {
  const jobs = () => new SchedulerJobConfigRepository(database());
  const lists = {
    executions: (cursor: string) => new SchedulerExecutionLogRepository(database()).list({ limit: 1, cursor }),
    events: (cursor: string) => new PostgresEventHistory(database()).list({ limit: 1, cursor }),
    eventsOfATime: (cursor: string) =>
      new PostgresEventHistory(database()).list({ limit: 1, cursor, from: new Date(0) }),
    jobs: (cursor: string) => jobs().list({ limit: 1, cursor }),
    nextRunAt: (cursor: string) => jobs().list({ limit: 1, cursor, sort: 'nextRunAt' }),
    lastRunAt: (cursor: string) => jobs().list({ limit: 1, cursor, sort: 'lastRunAt' }),
  } as const;

  it.for(Object.keys(lists) as (keyof typeof lists)[])('of %s is refused, or goes on from there', async (name) => {
    const rest: Partial<Record<string, string>> = {
      executions: 'a6a0b1f4-7f4e-4c8e-9f1c-2f0c5c1a9b11',
      eventsOfATime: '1',
    };
    const place = instant.map((at) => [...(name.endsWith('RunAt') ? [name] : []), at, rest[name] ?? 'x']);
    const parts = fc.oneof(place, fc.array(part, { maxLength: 4 }), fc.tuple(fc.constant('jobId'), part, part));
    await fc.assert(
      fc.asyncProperty(parts, async (all) => {
        const error: unknown = await lists[name](encodePageCursor(all)).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) expect(error).toMatchObject({ code: 'INVALID_INPUT' });
      }),
    );
  });

  it.for(['executions', 'eventsOfATime', 'lastRunAt'] as const)('of %s and the year 0000 is refused', async (name) => {
    const at = '0000-01-01T00:00:00.000Z';
    const parts = {
      executions: [at, crypto.randomUUID()],
      eventsOfATime: [at, '1'],
      lastRunAt: ['lastRunAt', at, 'a'],
    };
    await expect(lists[name](encodePageCursor(parts[name]))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

/**
 * Requests made up from the document: most against the application over ports in memory, a share over PostgreSQL. No
 * answer is a 500, none is one that the document does not have, and each comes. `PROPERTY_SEED` asks others.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { databaseService } from '../support/database-service.ts';
import { openPostgres } from '../support/databases.ts';
import { execution } from '../support/in-memory-executions.ts';
import { jobConfig } from '../support/in-memory-job-configs.ts';
import { inMemoryService, TOKENS } from '../support/in-memory-service.ts';
import { type FuzzedRequest, requestArbitrary } from './request-arbitrary.ts';
import { type App, documentOf, sendFuzzed } from './send-fuzzed.ts';

const AT_ONCE = 100;
const IN_MEMORY = 18_000;
const ON_POSTGRES = 2_000;

/** Sends them one after the other to one service, and counts the statuses that came. */
async function fuzz(makeApp: () => App, requests: number): Promise<Map<number, number>> {
  const document = await documentOf(makeApp(), TOKENS.admin);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(requestArbitrary(document), { minLength: AT_ONCE, maxLength: AT_ONCE }),
      async (batch) => {
        const app = makeApp();
        for (const request of batch) {
          const { status, faults } = await sendFuzzed(app, request, document);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          expect(faults, toText(request)).toEqual([]);
        }
      },
    ),
    { numRuns: requests / AT_ONCE },
  );
  return statuses;
}

function toText({ method, path, headers, body }: FuzzedRequest): string {
  return `${method} ${path} ${JSON.stringify(headers)} ${body ?? ''}`;
}

function filledService(): App {
  const service = inMemoryService();
  service.configs.insert(jobConfig('warm-cache', { revision: 1 }));
  service.configs.insert(jobConfig('send-mail', { revision: 2, jobKwargs: { to: 'a@b.c', apiToken: 'secret' } }));
  service.executions.rows.push(execution(1), execution(2, { status: 'RUNNING', finishedAt: null, durationMs: null }));
  return service.app;
}

describe('createApp() fuzzed from its own document', () => {
  test(`answers ${IN_MEMORY} requests as the document says, and none by a 500`, async () => {
    const statuses = await fuzz(filledService, IN_MEMORY);
    for (const status of [200, 201, 202, 400, 401, 403, 404, 409, 412, 415, 422, 428]) {
      expect(statuses.get(status) ?? 0, `none was ${status}`).toBeGreaterThan(0);
    }
  }, 600_000);

  test(`answers ${ON_POSTGRES} requests over PostgreSQL`, async () => {
    const database: PostgresDatabase = await openPostgres();
    try {
      const { app, logger } = databaseService(database);
      const statuses = await fuzz(() => app, ON_POSTGRES);
      for (const status of [200, 201, 202, 404, 422, 428])
        expect(statuses.get(status) ?? 0, `none was ${status}`).toBeGreaterThan(0);
      expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    } finally {
      await database.close();
    }
  }, 600_000);
});

/** The admin API over a test's database, wired as the service wires it; no loop runs. */
import { randomUUID } from 'node:crypto';
import { appOf } from '../../src/main/assemble.ts';
import { parseSettings } from '../../src/main/settings.ts';
import { registerFoundation } from '../../src/modules/foundation/container.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { tokenOf } from '../../src/modules/foundation/tokens.ts';
import { InMemoryLogger } from './in-memory-logger.ts';
import { TEST_REGISTRY, TOKENS } from './in-memory-service.ts';

export function databaseService(database: Database) {
  const logger = new InMemoryLogger();
  const container = registerFoundation({
    database,
    instance: { id: randomUUID(), hostname: 'test', runtime: 'test', version: '0', startedAt: new Date() },
    logger,
    maxConcurrentRuns: 1,
    defaults: { timezone: 'Asia/Shanghai' },
  });
  container.resolve(tokenOf('directory')).useRegistry(TEST_REGISTRY);
  const { admin: ADMIN_TOKEN, operator: OPERATOR_TOKEN, viewer: VIEWER_TOKEN } = TOKENS;
  const app = appOf(container, parseSettings({ ADMIN_TOKEN, OPERATOR_TOKEN, VIEWER_TOKEN }));
  return { app, logger, container };
}

/** A whole application over a real database: its time is a test's own, its connection can be cut. */
import { registerFoundation } from '../../src/modules/foundation/container.ts';
import { type Foundation, tokenOf } from '../../src/modules/foundation/tokens.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { Lifespan } from '../../src/main/lifespan.ts';
import { mergeRegistries, type ModuleRegistries } from '../../src/main/modules.ts';
import { schedulerSteps } from '../../src/main/scheduler-steps.ts';
import { InMemoryLogger } from './in-memory-logger.ts';
import { ManualTime } from './manual-time.ts';
import { SeverableDatabase } from './severable-database.ts';

export interface DatabaseEngine {
  readonly wired: Foundation;
  readonly database: SeverableDatabase;
  readonly logger: InMemoryLogger;
  readonly time: ManualTime;
  readonly lifespan: Lifespan;
}

/** @param modules module name → its job functions, as its registry would give them */
export function databaseEngine(behind: Database, modules: ModuleRegistries = {}): DatabaseEngine {
  const database = new SeverableDatabase(behind);
  const logger = new InMemoryLogger();
  const time = new ManualTime(Date.now());
  const container = registerFoundation({
    database,
    logger,
    instance: {
      ...{ id: crypto.randomUUID(), hostname: 'host', runtime: 'node 24.0.0', version: '0.0.0' },
      startedAt: new Date(),
    },
    maxConcurrentRuns: 10,
    defaults: { timezone: 'UTC' },
  });
  container.register(tokenOf('clock'), { useValue: time });
  container.register(tokenOf('timers'), { useValue: time });
  const steps = schedulerSteps(container, { registry: mergeRegistries(modules), shutdownGraceMs: 1_000 });
  const wired = new Proxy({} as Foundation, {
    get: (_target, name) => container.resolve(tokenOf(name as keyof Foundation)),
  });
  return { wired, database, logger, time, lifespan: new Lifespan(steps, logger) };
}

/** A whole process over a real database in virtual time. */
import { registerFoundation } from '../../src/modules/foundation/container.ts';
import type { JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';
import { type Foundation, tokenOf } from '../../src/modules/foundation/tokens.ts';
import { Lifespan } from '../../src/main/lifespan.ts';
import { mergeRegistries } from '../../src/main/modules.ts';
import { schedulerSteps } from '../../src/main/scheduler-steps.ts';
import { InMemoryLogger } from './in-memory-logger.ts';
import { VirtualConnection, type VirtualDatabase } from './virtual-database.ts';

export interface VirtualReplica {
  readonly wired: Foundation;
  readonly logger: InMemoryLogger;
  readonly link: VirtualConnection;
  stop(): Promise<void>;
  kill(): void;
}

/** Started, once it has come to rest. @param shutdownGraceMs how long a stop lets runs go on, in real time */
export async function startVirtualReplica(
  database: VirtualDatabase,
  jobs: Readonly<Record<string, JobFunction>>,
  shutdownGraceMs: number,
): Promise<VirtualReplica> {
  const connection = new VirtualConnection(database);
  const logger = new InMemoryLogger();
  const startedAt = new Date(database.time.now());
  const container = registerFoundation({
    database: connection,
    logger,
    instance: { id: crypto.randomUUID(), hostname: 'host', runtime: 'node 24.0.0', version: '0.0.0', startedAt },
    maxConcurrentRuns: 5_000,
    defaults: { timezone: 'UTC' },
  });
  container.register(tokenOf('clock'), { useValue: database.time });
  container.register(tokenOf('timers'), { useValue: database.time });
  const steps = schedulerSteps(container, { registry: mergeRegistries({ matrix: jobs }), shutdownGraceMs });
  const lifespan = new Lifespan(steps, logger);
  const wired = new Proxy({} as Foundation, {
    get: (_target, name) => container.resolve(tokenOf(name as keyof Foundation)),
  });
  await lifespan.start();
  await database.time.advance(0);
  return { wired, logger, link: connection, stop: () => lifespan.stop(), kill: () => void (connection.isDead = true) };
}

/** Foundation wired on a test's database: what is wired comes from the container, in the specification's tests too. */
import { randomUUID } from 'node:crypto';
import { registerFoundation } from '../../src/modules/foundation/container.ts';
import type { Database } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { type Foundation, tokenOf } from '../../src/modules/foundation/tokens.ts';
import { InMemoryLogger } from './in-memory-logger.ts';
import { KitDatabase } from './kit-database.ts';

/** What the container gives under this name. */
export function resolveOn<Name extends keyof Foundation>(database: Database, name: Name): Foundation[Name] {
  return portsOn(database)[name];
}

const known = new WeakMap<Database, Foundation>();

/** The ports over a database, or over the testing kit's store; the same ones each time. */
export function portsOn(database: Database): Foundation {
  if (database instanceof KitDatabase) return database.wired;
  const ports = known.get(database) ?? wiredOn(database);
  known.set(database, ports);
  return ports;
}

function wiredOn(database: Database): Foundation {
  const container = registerFoundation({
    database,
    instance: { id: randomUUID(), hostname: 'test', runtime: 'test', version: '0', startedAt: new Date() },
    logger: new InMemoryLogger(),
    maxConcurrentRuns: 1,
    defaults: { timezone: 'Asia/Shanghai' },
  });
  return new Proxy({} as Foundation, {
    get: (_target, name) => container.resolve(tokenOf(name as keyof Foundation)),
  });
}

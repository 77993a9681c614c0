/**
 * What a chaos replica runs: the application, served and signalled as the service itself is. Invariant: it differs from the
 * real service in its additional module alone.
 */
import { serve } from '@hono/node-server';
import { bootstrap } from '../../src/main/bootstrap.ts';
import { databaseOf } from '../../src/main/database-of.ts';
import { parseSettings } from '../../src/main/settings.ts';
import { configureLogging, LogTapeLogger } from '../../src/modules/foundation/infrastructure/logging/logtape-logger.ts';
import { NodeHttpTransport } from '../../src/modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../../src/modules/http/infrastructure/system-address-resolver.ts';
import { createChaosRegistry } from './chaos-jobs.ts';
import { LedgerFile } from './ledger-line.ts';
import { UNCAUGHT } from './replica-log.ts';

/** The environment beside the service's own settings. */
export interface ReplicaEnv {
  readonly REPLICA_NAME: string;
  readonly REPLICA_LEDGER: string;
  /** Handlers that this replica does not know, with commas between. */
  readonly REPLICA_LACKS: string;
}

export async function runReplica(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const settings = parseSettings(env);
  const { REPLICA_NAME, REPLICA_LEDGER, REPLICA_LACKS } = env as unknown as ReplicaEnv;
  await configureLogging({ level: settings.logLevel, format: settings.logFormat });
  const logger = new LogTapeLogger();
  const onUncaught = (error: unknown): void => logger.error(UNCAUGHT, { error });
  process.on('unhandledRejection', onUncaught);
  process.on('uncaughtException', onUncaught);
  const ledger = new LedgerFile(REPLICA_LEDGER);
  const chaos = createChaosRegistry({ ledger, instance: REPLICA_NAME, lacks: REPLICA_LACKS.split(',') });
  const application = bootstrap(settings, {
    database: await databaseOf(settings, logger),
    runtime: `node ${process.versions.node}`,
    // Rows of instances tell who is who by it.
    hostname: REPLICA_NAME,
    logger,
    egress: { transport: new NodeHttpTransport(), resolver: new SystemAddressResolver() },
    modules: { chaos },
  });
  await application.start();
  const server = serve(
    { fetch: (request) => application.fetch(request), hostname: settings.host, port: 0 },
    (address) => console.log(`Replica is ready at http://127.0.0.1:${address.port}`),
  );
  let signals = 0;
  process.on('SIGTERM', () => {
    signals += 1;
    if (signals > 1) {
      application.abortRuns('the replica was told twice to stop');
      return;
    }
    server.close();
    void application.stop().then(() => process.exit(0));
  });
}

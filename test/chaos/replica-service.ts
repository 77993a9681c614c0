/**
 * What a chaos replica runs: the service as `npm start` runs it under Node, its server, signals and exit among it. Invariant:
 * it differs from the real service in its additional module, and in the name of its host, alone.
 */
import { nodeHost } from '../../src/main/node-host.ts';
import { runService } from '../../src/main/run-service.ts';
import { createChaosRegistry } from './chaos-jobs.ts';
import { LedgerFile } from './ledger-line.ts';

/** The environment beside the service's own settings. */
export interface ReplicaEnv {
  readonly REPLICA_NAME: string;
  readonly REPLICA_LEDGER: string;
  /** Handlers that this replica does not know, with commas between. */
  readonly REPLICA_LACKS: string;
}

export async function runReplica(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { REPLICA_NAME, REPLICA_LEDGER, REPLICA_LACKS } = env as unknown as ReplicaEnv;
  const ledger = new LedgerFile(REPLICA_LEDGER);
  const chaos = createChaosRegistry({ ledger, instance: REPLICA_NAME, lacks: REPLICA_LACKS.split(',') });
  // Rows of instances tell who is who by it.
  await runService({ ...nodeHost, hostname: REPLICA_NAME, env }, { modules: { chaos } });
}

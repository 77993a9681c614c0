/** One process of a scheduler for tests, as a test sees it. */
import type { Engine } from './engine.ts';
import type { LogLine } from './in-memory-logger.ts';

export interface TestReplica {
  readonly id: string;
  readonly logs: readonly LogLine[];
  /** As `kill -9`: its runs are lost once its lease has ended, 15 s later. */
  kill(): void;
  /** Ends it in order: its runs are drained. */
  stop(): Promise<void>;
  /** Cuts it off from the store, and lets it back. */
  disconnect(): void;
  reconnect(): void;
}

export function replicaOf(engine: Engine): TestReplica {
  const { link, logger, wired } = engine;
  return {
    id: wired.instance.id,
    logs: logger.lines,
    kill: () => engine.kill(),
    stop: () => engine.stop(),
    disconnect: () => void (link.isAway = true),
    reconnect: () => void (link.isAway = false),
  };
}

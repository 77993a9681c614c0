/** What a monitor reads of this process: counted from events as they come, and gauged at the moment of asking. */
import type { SchedulerEvent } from '../../domain/event.ts';

/** How this process does now; reading it costs no I/O. */
export interface EngineGauges {
  readonly activeRuns: number;
  readonly freeSlots: number;
  /** Jobs whose next occurrence this process waits for. */
  readonly armedJobs: number;
  /** Those of them that are due. */
  readonly dueJobs: number;
  /** How long the oldest of them has been due, in milliseconds. */
  readonly overdueMs: number;
  readonly isLeaseHeld: boolean;
  readonly isDatabaseUp: boolean;
}

export interface Metrics {
  /** @param times how often the same was told; default 1 */
  record(event: SchedulerEvent, times?: number): void;
  /** In the text format of Prometheus, version 0.0.4. */
  render(): Promise<string>;
}

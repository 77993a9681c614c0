/** Facts come up here: the engine emits; log, live stream and metrics listen. A listener that throws is logged and harms nobody. */
import type { SchedulerEvent } from '../domain/event.ts';
import type { RunLogLine } from '../domain/run-output.ts';
import type { Progress } from '../domain/run.ts';
import type { Logger } from './ports/logger.ts';

/** What a run has said and the database has taken. */
export interface RunOutputEvent {
  readonly type: 'run.output';
  readonly jobId: string;
  readonly executionId: string;
  /** null: as it was. */
  readonly progress: Progress | null;
  readonly lines: readonly RunLogLine[];
}

export type BusEvent = SchedulerEvent | RunOutputEvent;
export type EventListener = (event: BusEvent) => void;

export class EventBus {
  /** Replaced, never changed: an event goes to those who listened when it was emitted. */
  #listeners: readonly EventListener[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns how to stop listening */
  subscribe(listener: EventListener): () => void {
    this.#listeners = [...new Set([...this.#listeners, listener])];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  emit(event: BusEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error('An event listener threw; the other listeners and the run go on.', {
          event: event.type,
          error,
        });
      }
    }
  }
}

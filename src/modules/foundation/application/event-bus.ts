/** Facts come up here: the engine emits, log and metrics listen. A listener that throws is logged and harms nobody. */
import type { SchedulerEvent } from '../domain/event.ts';
import type { Logger } from './ports/logger.ts';

export type EventListener = (event: SchedulerEvent) => void;

export class EventBus {
  readonly #listeners = new Set<EventListener>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns how to stop listening */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: SchedulerEvent): void {
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

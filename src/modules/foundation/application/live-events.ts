/**
 * What happens, for those who watch it on this replica: the last events, and who is told of new ones.
 *
 * Invariants: every replica that hears the same channel has the same events in the same order under the same ids, so that
 * a watcher that was cut off goes on at any of them; where the place it names is not known, or events were missed in
 * between, it is told to read anew (`onGap`). One that throws harms no other. Once ended, nobody may watch until it admits them again.
 */
import { StreamsEndedError, TooManyStreamsError } from '../domain/errors.ts';
import type { LiveEvent } from '../domain/live-event.ts';
import type { Logger } from './ports/logger.ts';

const MAX_KEPT = 1_000;
const MAX_WATCHERS = 100;

/** Whether the other replicas are seen too. */
export interface LiveMode {
  readonly mode: 'normal' | 'degraded';
  readonly detail: string;
}

export interface Watcher {
  onEvent(event: LiveEvent): void;
  /** Events were missed. @param headId where to go on from */
  onGap(headId: string): void;
  onMode(mode: LiveMode): void;
  onEnd(reason: string): void;
}

export interface Watch {
  /** What came after the place that was named; null: that place is not known here. */
  readonly missed: readonly LiveEvent[] | null;
  /** The place of the newest event. */
  readonly headId: string;
  readonly mode: LiveMode;
  stop(): void;
}

export class LiveEvents {
  readonly #logger: Logger;
  readonly #maxWatchers: number;
  readonly #watchers = new Set<Watcher>();
  #events: LiveEvent[] = [];
  /** The place before the first of them. */
  #beforeId = newPlace();
  /** Jobs that changed since the last event that a replica published. */
  #changesSince = 0;
  #publishedId = this.#beforeId;
  #mode: LiveMode = { mode: 'degraded', detail: 'Only this replica is seen: the database has not been reached yet.' };
  #endReason: string | null = null;

  constructor({ logger }: { readonly logger: Logger }, maxWatchers = MAX_WATCHERS) {
    this.#logger = logger;
    this.#maxWatchers = maxWatchers;
  }

  get mode(): LiveMode {
    return this.#mode;
  }

  /** @throws TooManyStreamsError, StreamsEndedError */
  watch(watcher: Watcher, afterId: string | null): Watch {
    if (this.#endReason !== null) throw new StreamsEndedError(this.#endReason);
    if (this.#watchers.size >= this.#maxWatchers) throw new TooManyStreamsError(this.#maxWatchers);
    this.#watchers.add(watcher);
    const missed = afterId === null ? [] : this.#after(afterId);
    return { missed, headId: this.#headId, mode: this.#mode, stop: () => this.#watchers.delete(watcher) };
  }

  /** An event that a replica published. One that is known already is left alone. */
  push(event: LiveEvent): void {
    if (this.#events.some(({ id }) => id === event.id)) return;
    this.#publishedId = event.id;
    this.#changesSince = 0;
    this.#add(event);
  }

  /** A job changed: told by the database itself, and numbered from the event before it, as on every replica. */
  pushJobChange(jobId: string, at: string): void {
    this.#changesSince += 1;
    const id = `${this.#publishedId}~${this.#changesSince}`;
    this.#add({ id, type: 'job.changed', at, jobId, executionId: null, data: {} });
  }

  /** Events were missed: nobody can go on from before. */
  gap(): void {
    this.#events = [];
    this.#beforeId = newPlace();
    this.#publishedId = this.#beforeId;
    this.#changesSince = 0;
    this.#tell((watcher) => watcher.onGap(this.#beforeId));
  }

  setMode(mode: LiveMode): void {
    if (mode.detail === this.#mode.detail) return;
    this.#mode = mode;
    this.#tell((watcher) => watcher.onMode(mode));
  }

  /** Watchers are welcome, again too. */
  admit(): void {
    this.#endReason = null;
  }

  /** Tells everybody that this is the end. */
  end(reason: string): void {
    this.#endReason = reason;
    this.#tell((watcher) => watcher.onEnd(reason));
    this.#watchers.clear();
  }

  get #headId(): string {
    return this.#events.at(-1)?.id ?? this.#beforeId;
  }

  #after(id: string): readonly LiveEvent[] | null {
    if (id === this.#beforeId) return [...this.#events];
    const at = this.#events.findIndex((event) => event.id === id);
    return at === -1 ? null : this.#events.slice(at + 1);
  }

  #add(event: LiveEvent): void {
    this.#events.push(event);
    if (this.#events.length > MAX_KEPT) this.#beforeId = this.#events.shift()!.id;
    this.#tell((watcher) => watcher.onEvent(event));
  }

  #tell(tell: (watcher: Watcher) => void): void {
    for (const watcher of this.#watchers) {
      try {
        tell(watcher);
      } catch (error) {
        this.#logger.error('A watcher of the live events threw; the others see them all the same.', { error });
      }
    }
  }
}

/** Known to this process alone. */
function newPlace(): string {
  return `start-${crypto.randomUUID().slice(0, 13)}`;
}

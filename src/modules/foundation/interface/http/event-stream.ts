/**
 * One client's stream of events: what waits to be sent to it, in order.
 *
 * Invariants: it never holds up whoever has something to tell; a client that reads too slowly is told so with its last
 * event, and cut; a stream that is to end ends, whether the client reads or not.
 */
import type { SSEMessage, SSEStreamingApi } from 'hono/streaming';
import type { LiveEvents, LiveMode, Watch, Watcher } from '../../application/live-events.ts';
import type { Timers } from '../../application/ports/timers.ts';
import type { LiveEvent } from '../../domain/live-event.ts';

const MAX_WAITING = 1_000;
const HEARTBEAT_MS = 15_000;
/** How long a client that does not read may take over its last event. */
const LAST_WORDS_MS = 3_000;
/** How soon a client asks again, in milliseconds. */
const RECONNECT_MS = 1_000;

/** A comment keeps proxies from closing a silent connection. */
const HEARTBEAT = ': \n\n';
type Message = SSEMessage | typeof HEARTBEAT;

export interface EventStreamOptions {
  readonly live: LiveEvents;
  readonly timers: Timers;
  /** `Last-Event-ID`, or null. */
  readonly afterId: string | null;
  readonly isWanted: (event: LiveEvent) => boolean;
}

export class EventStream implements Watcher {
  readonly #options: EventStreamOptions;
  #waiting: Message[] = [];
  #isEnding = false;
  #isCut = false;
  #wake: () => void = () => {};
  readonly #watch: Watch;
  #cut: () => void = () => {};
  #cancelTimer: () => void = () => {};

  /** @throws TooManyStreamsError, StreamsEndedError */
  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#watch = options.live.watch(this, options.afterId);
    const { missed, headId, mode } = this.#watch;
    // Whoever comes back goes on from the place it named, until it has been given what it missed.
    const place = missed === null || options.afterId === null ? { id: headId } : {};
    this.#put({ event: 'hello', data: JSON.stringify(mode), retry: RECONNECT_MS, ...place });
    if (missed === null) this.#put(reset(headId, 'The place to go on from is not known here.'));
    for (const event of missed ?? []) this.onEvent(event);
  }

  onEvent(event: LiveEvent): void {
    if (!this.#options.isWanted(event)) return;
    const { id, type, data, ...of } = event;
    this.#put({ id, event: type, data: JSON.stringify({ ...of, ...data }) });
  }

  onGap(headId: string): void {
    this.#put(reset(headId, 'Events may have been missed.'));
  }

  onMode(mode: LiveMode): void {
    this.#put({ event: 'feed', data: JSON.stringify(mode) });
  }

  onEnd(reason: string): void {
    this.#end([...this.#waiting, { event: 'end', data: JSON.stringify({ reason }) }]);
  }

  /** Sends until the stream has ended, or the client has gone. */
  async sendTo(stream: SSEStreamingApi): Promise<void> {
    this.#cut = () => {
      this.#isCut = true;
      stream.abort();
      this.#wake();
    };
    stream.onAbort(() => this.#cut());
    if (this.#isEnding) this.#cutLater();
    else this.#beatLater();
    try {
      while (!this.#isCut) {
        const message = this.#waiting.shift();
        if (message === HEARTBEAT) await stream.write(message);
        else if (message !== undefined) await stream.writeSSE(message);
        else if (this.#isEnding) break;
        else await this.#somethingWaits();
      }
    } finally {
      this.#watch.stop();
      this.#cancelTimer();
    }
  }

  #put(message: Message): void {
    if (this.#isEnding || this.#isCut) return;
    if (this.#waiting.length >= MAX_WAITING) {
      const reason = `${MAX_WAITING} events waited for the client to read them. Come back, and read anew.`;
      this.#end([{ event: 'dropped', data: JSON.stringify({ reason }) }]);
      return;
    }
    this.#waiting.push(message);
    this.#wake();
  }

  /** Nothing follows these. */
  #end(last: Message[]): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#waiting = last;
    this.#watch?.stop();
    this.#cutLater();
    this.#wake();
  }

  #cutLater(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.timers.wakeAfter(LAST_WORDS_MS, () => this.#cut());
  }

  #beatLater(): void {
    this.#cancelTimer = this.#options.timers.wakeAfter(HEARTBEAT_MS, () => {
      if (this.#waiting.length === 0) this.#put(HEARTBEAT);
      if (!this.#isEnding) this.#beatLater();
    });
  }

  #somethingWaits(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return promise;
  }
}

function reset(id: string, reason: string): SSEMessage {
  return { id, event: 'reset', data: JSON.stringify({ reason: `${reason} Read anew what you show.` }) };
}

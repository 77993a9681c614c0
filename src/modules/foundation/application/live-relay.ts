/**
 * Carries what happens here to every replica's watchers, and what happens elsewhere to the ones here.
 *
 * What happens here is gathered for a moment and published, a few statements a second at most, and is seen here, too, when
 * it comes back through the channel: so all replicas see one order. Invariants: where nothing comes back, it is seen here
 * all the same, and the watchers are told that they see this replica alone; nothing here holds up a run.
 */
import type { SchedulerEvent } from '../domain/event.ts';
import type { LiveEvent } from '../domain/live-event.ts';
import type { BusEvent, EventBus } from './event-bus.ts';
import { LiveBatch } from './live-batch.ts';
import { draftLiveEvents } from './live-draft.ts';
import type { LiveEvents, LiveMode } from './live-events.ts';
import type { Change, ChangeFeed } from './ports/change-feed.ts';
import type { Clock } from './ports/clock.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

const GATHER_MS = 100;
/** Between two publications. */
const SPACING_MS = 250;

const SEES_ALL: LiveMode = { mode: 'normal', detail: 'What happens on every replica is seen.' };
const RECONNECTS: LiveMode = {
  mode: 'degraded',
  detail: 'Only this replica is seen until the change feed has reconnected.',
};
const DEAF: LiveMode = {
  mode: 'degraded',
  detail: 'Only this replica is seen: notifications of the database do not come through.',
};

export interface LiveRelayDeps {
  readonly bus: EventBus;
  readonly feed: ChangeFeed;
  readonly live: LiveEvents;
  readonly clock: Clock;
  readonly time: Pick<Clock, 'now'>;
  readonly timers: Timers;
}

export class LiveRelay {
  readonly #deps: LiveRelayDeps;
  readonly #batch = new LiveBatch();
  /** Told with each id; of this process alone. */
  readonly #sender = crypto.randomUUID().slice(0, 13);
  #count = 0;
  /** Published, and not come back yet. */
  readonly #underWay = new Map<string, LiveEvent>();
  #isHeard = false;
  #lastPublishedAt = Number.NEGATIVE_INFINITY;
  #isDue = false;
  #cancelTimer: CancelTimer = () => {};
  #unsubscribe: () => void = () => {};
  #subscription: Promise<() => Promise<void>> | null = null;

  constructor(deps: LiveRelayDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#unsubscribe();
    this.#unsubscribe = this.#deps.bus.subscribe((event) => this.#noted(event));
  }

  /** Listens to the other replicas, once. @throws DatabaseUnavailableError; then this replica alone is seen */
  async listen(): Promise<void> {
    this.#subscription ??= this.#subscribe();
    const subscription = this.#subscription;
    try {
      await subscription;
    } catch (error) {
      if (this.#subscription === subscription) this.#subscription = null;
      throw error;
    }
  }

  /** Publishes what is left. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#cancelTimer();
    await this.#flush();
    const subscription = this.#subscription;
    this.#subscription = null;
    this.#isHeard = false;
    const unlisten = await subscription?.catch(() => null);
    await unlisten?.();
  }

  async #subscribe(): Promise<() => Promise<void>> {
    const unlisten = await this.#deps.feed.subscribe((change) => this.#heard(change));
    this.#isHeard = this.#deps.feed.state === 'heard';
    this.#deps.live.gap();
    this.#deps.live.setMode(this.#isHeard ? SEES_ALL : DEAF);
    return unlisten;
  }

  #noted(event: BusEvent): void {
    if (this.#batch.isCounting && event.type === 'run.started') this.#batch.count('started');
    else if (this.#batch.isCounting && event.type === 'run.finished') this.#batch.count(fateOf(event));
    else for (const draft of draftLiveEvents(event, this.#now())) this.#batch.add(draft);
    if (this.#batch.isEmpty || this.#isDue) return;
    this.#isDue = true;
    const sinceMs = this.#deps.clock.monotonicMs() - this.#lastPublishedAt;
    const delayMs = Math.max(GATHER_MS, SPACING_MS - sinceMs);
    this.#cancelTimer = this.#deps.timers.wakeAfter(delayMs, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    const events = this.#batch.take(this.#now()).map((draft): LiveEvent => {
      this.#count += 1;
      return { id: `${this.#sender}-${this.#count}`, ...draft };
    });
    this.#isDue = false;
    this.#lastPublishedAt = this.#deps.clock.monotonicMs();
    if (events.length === 0) return;
    if (this.#isHeard) for (const event of events) this.#underWay.set(event.id, event);
    else this.#show(events);
    try {
      await this.#deps.feed.publish(events);
    } catch {
      // The database is away, which others say. Seen here, the events are at least.
      this.#show(events);
    }
  }

  #heard(change: Change): void {
    if (change.kind === 'live') this.#show(change.events);
    else if (change.kind === 'job') this.#deps.live.pushJobChange(change.jobId, this.#now());
    else if (change.kind === 'lost') this.#alone(RECONNECTS);
    else if (change.kind === 'deaf') this.#alone(DEAF);
    else if (change.kind === 'reconnected') this.#together();
  }

  #alone(mode: LiveMode): void {
    this.#isHeard = false;
    this.#show([...this.#underWay.values()]);
    this.#deps.live.setMode(mode);
  }

  #together(): void {
    this.#isHeard = true;
    this.#deps.live.gap();
    this.#deps.live.setMode(SEES_ALL);
  }

  #show(events: readonly LiveEvent[]): void {
    for (const event of events) {
      this.#underWay.delete(event.id);
      this.#deps.live.push(event);
    }
  }

  #now(): string {
    return new Date(this.#deps.time.now()).toISOString();
  }
}

function fateOf({ detail }: SchedulerEvent): 'succeeded' | 'failed' {
  return detail?.['status'] === 'SUCCESS' ? 'succeeded' : 'failed';
}

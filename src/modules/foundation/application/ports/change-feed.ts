/** Tells that rows changed, on whichever replica or by plain SQL. A hint only: what it misses, polling finds. */
import type { LiveEvent } from '../../domain/live-event.ts';

export type Change =
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'pending' }
  /** Somebody wants this run to stop. */
  | { readonly kind: 'cancel'; readonly executionId: string }
  /** Published by a replica, this one among them; every replica hears the same in the same order. */
  | { readonly kind: 'live'; readonly events: readonly LiveEvent[] }
  /** Nothing is heard until 'reconnected', which will be soon after the database is reached again. */
  | { readonly kind: 'lost' }
  /** Nothing is heard, though the database is reached: only polling finds what changes. May be followed by 'reconnected'. */
  | { readonly kind: 'deaf' }
  | { readonly kind: 'reconnected' };

export type FeedState = 'unsubscribed' | 'heard' | 'lost' | 'deaf';

export interface ChangeFeed {
  /** Whether changes are heard of at once. */
  readonly state: FeedState;
  /** @returns how to stop; 'reconnected' means that changes may have been missed @throws DatabaseUnavailableError */
  subscribe(listener: (change: Change) => void): Promise<() => Promise<void>>;
  /** Tells the subscribers of every replica, in one statement. @throws DatabaseUnavailableError */
  publish(events: readonly LiveEvent[]): Promise<void>;
}

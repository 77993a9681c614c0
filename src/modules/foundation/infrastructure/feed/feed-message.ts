/**
 * What comes through the change channel. Anybody may notify it: what is not understood is left alone. Invariant: a message
 * of ours is shorter than what PostgreSQL lets through.
 */
import type { Change } from '../../application/ports/change-feed.ts';
import { type LiveEvent, readLiveEvent } from '../../domain/live-event.ts';

export type FeedMessage =
  | Exclude<Change, { kind: 'reconnected' | 'lost' | 'deaf' }>
  | { readonly kind: 'beat'; readonly sender: string };

/** PostgreSQL refuses 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_900;

export function readFeedMessage(payload: string): FeedMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(payload);
  } catch {
    return null;
  }
  if (typeof message !== 'object' || message === null || !('kind' in message)) return null;
  if (message.kind === 'pending') return { kind: 'pending' };
  if (message.kind === 'job' && 'jobId' in message && typeof message.jobId === 'string') {
    return { kind: 'job', jobId: message.jobId };
  }
  if (message.kind === 'cancel' && 'executionId' in message && typeof message.executionId === 'string') {
    return { kind: 'cancel', executionId: message.executionId };
  }
  if (message.kind === 'beat' && 'sender' in message && typeof message.sender === 'string') {
    return { kind: 'beat', sender: message.sender };
  }
  if (message.kind === 'live' && 'events' in message && Array.isArray(message.events)) {
    return { kind: 'live', events: message.events.map(readLiveEvent).filter((event) => event !== null) };
  }
  return null;
}

/** The events in as few messages as they fit into, in their order. */
export function writeLiveMessages(events: readonly LiveEvent[]): string[] {
  const messages: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const close = (): void => {
    if (texts.length > 0) messages.push(`{"kind":"live","events":[${texts.join(',')}]}`);
    texts = [];
    bytes = '{"kind":"live","events":[]}'.length;
  };
  close();
  for (const event of events) {
    const text = JSON.stringify(event);
    const size = new TextEncoder().encode(text).length + 1;
    if (bytes + size > MAX_PAYLOAD_BYTES) close();
    texts.push(text);
    bytes += size;
  }
  close();
  return messages;
}

/** What comes through the change channel. Anybody may notify it: what is not understood is left alone. */
import type { Change } from '../../application/ports/change-feed.ts';

export type FeedMessage = Exclude<Change, { kind: 'reconnected' }> | { readonly kind: 'beat'; readonly sender: string };

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
  return null;
}

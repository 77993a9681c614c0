/** Whether something was being done to a replica, so that it may have been cut off from the database, or from time. */
import type { Disturbance, History } from '../history.ts';

/** What was broken is not as it was at once. */
const CONVALESCENCE_MS = 12_000;
/** A request of just before, or one that is sent before all is as it was, may go unanswered. */
const UNANSWERED_MS = 2_000;

/** @param replica the name of its incarnation: `replica-2.1` */
export function isDisturbed(history: History, replica: string | undefined, atMs: number): boolean {
  return isTouched(history, replica, { atMs, withinMs: CONVALESCENCE_MS });
}

/** Whether a request that a replica sent then may have been followed, and its answer never have come. */
export function mayBeUnanswered(history: History, replica: string, atMs: number): boolean {
  return isTouched(history, replica, { atMs, withinMs: UNANSWERED_MS });
}

function isTouched(
  { disturbances }: History,
  replica: string | undefined,
  { atMs, withinMs }: { readonly atMs: number; readonly withinMs: number },
): boolean {
  const slot = replica?.split('.')[0];
  const touches = ({ on, fromMs, toMs }: Disturbance): boolean =>
    (on === 'server' || on.split('.')[0] === slot) && toMs + withinMs > atMs && fromMs < atMs + withinMs;
  return disturbances.some(touches);
}

/** Whether something was being done to a replica, so that it may have been cut off from the database, or from time. */
import type { Disturbance, History } from '../history.ts';

/** What was broken is not as it was at once. */
const CONVALESCENCE_MS = 12_000;
/** A request of just before, or one that is sent before all is as it was, may go unanswered. */
const UNANSWERED_MS = 2_000;

/** @param replica the name of its incarnation: `replica-2.1` */
export function isDisturbed({ disturbances }: History, replica: string | undefined, atMs: number): boolean {
  return isTouched(disturbances, replica, { fromMs: atMs - CONVALESCENCE_MS, toMs: atMs + CONVALESCENCE_MS });
}

/** Whether a request that a replica sent then may have been followed, and its answer never have come. */
export function mayBeUnanswered({ disturbances }: History, replica: string, atMs: number): boolean {
  return isTouched(disturbances, replica, { fromMs: atMs - UNANSWERED_MS, toMs: atMs + UNANSWERED_MS });
}

/** Whether anything but a drain was done to a replica that bears upon a stretch of time. */
export function isBroken({ disturbances }: History, replica: string, { fromMs, toMs }: Stretch): boolean {
  const broken = disturbances.filter(({ isDrain = false }) => !isDrain);
  return isTouched(broken, replica, { fromMs: fromMs - CONVALESCENCE_MS, toMs: toMs + UNANSWERED_MS });
}

export type Stretch = Pick<Disturbance, 'fromMs' | 'toMs'>;

function isTouched(disturbances: readonly Disturbance[], replica: string | undefined, stretch: Stretch): boolean {
  const slot = replica?.split('.')[0];
  return disturbances.some(
    ({ on, fromMs, toMs }) =>
      (on === 'server' || on.split('.')[0] === slot) && toMs > stretch.fromMs && fromMs < stretch.toMs,
  );
}

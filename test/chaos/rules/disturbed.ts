/** Whether something was being done to a replica, so that it may have been cut off from the database, or from time. */
import type { Disturbance, History } from '../history.ts';

/** What was broken is not as it was at once. */
const CONVALESCENCE_MS = 12_000;

/** @param replica the name of its incarnation: `replica-2.1` */
export function isDisturbed({ disturbances }: History, replica: string | undefined, atMs: number): boolean {
  const slot = replica?.split('.')[0];
  const touches = ({ on, fromMs, toMs }: Disturbance): boolean =>
    (on === 'server' || on.split('.')[0] === slot) &&
    toMs + CONVALESCENCE_MS > atMs &&
    fromMs < atMs + CONVALESCENCE_MS;
  return disturbances.some(touches);
}

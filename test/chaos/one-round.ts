/**
 * Every fault once, and the clock both ways, short, in less than half a minute: for a run that is to tell as much as it can in a minute. Invariant: no
 * fault is planned for a server or a replica that another one is to have taken away then; that the aimed kill may come at any
 * time is no harm to the others.
 */
import type { Fault, PlannedFault } from './fault-schedule.ts';

type Planned = Pick<PlannedFault, 'durationMs'> & Partial<Pick<PlannedFault, 'slot' | 'stepMs'>>;

export const ROUND_MS = 24_000;

/** Of three replicas. One is suspended for longer than its lease lasts. */
export const ONE_ROUND: readonly PlannedFault[] = [
  // The herd is due within ten seconds: until then nobody takes the server away.
  at(0, 'kill-ahead', { durationMs: 500 }),
  at(100, 'deaf', { slot: 1, durationMs: 6_000 }),
  at(300, 'force', { slot: 2, durationMs: 300 }),
  at(500, 'clock', { slot: 1, durationMs: 3_000, stepMs: 7_200_000 }),
  at(1_000, 'join', { durationMs: 6_000 }),
  at(3_000, 'suspend', { slot: 0, durationMs: 16_500 }),
  at(3_500, 'slow', { slot: 2, durationMs: 2_500 }),
  at(5_000, 'refuse', { slot: 1, durationMs: 1_500 }),
  at(6_500, 'old-registry', { slot: 2, durationMs: 3_000 }),
  at(7_000, 'black-hole', { slot: 1, durationMs: 2_500 }),
  at(9_500, 'clock', { slot: 1, durationMs: 3_000, stepMs: -3_600_000 }),
  at(10_000, 'terminate', { durationMs: 1_500 }),
  at(12_000, 'db-restart', { slot: 1, durationMs: 800 }),
  at(14_000, 'outage', { durationMs: 2_500 }),
  at(15_000, 'kill', { slot: 1, durationMs: 500 }),
  at(17_500, 'disk-full', { durationMs: 1_500 }),
  at(20_500, 'db-crash', { durationMs: 500 }),
  at(21_500, 'drain', { slot: 1, durationMs: 500 }),
];

function at(atMs: number, fault: Fault, { durationMs, slot = 0, stepMs = 0 }: Planned): PlannedFault {
  return { atMs, fault, slot, durationMs, stepMs, alignMs: null, isAtHerd: false };
}

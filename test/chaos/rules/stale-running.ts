/**
 * No record stays RUNNING for long after the lease of its holder has ended, under attack too: as soon as the server and one
 * replica have been left in peace for as long as that takes, it is LOST, or has gone back.
 */
import { type History, iso, type Rule, type Violation } from '../history.ts';
import type { RunningSample, StaleRecord } from '../running-watch.ts';

/** To work again after whatever was done to it, until its next beat, and for a statement on a busy machine. */
export const RESCUED_WITHIN_MS = 5_000 + 5_000 + 5_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One violation a record, by the last sample that has it. */
export const rescuedInTime: Rule = (history) => {
  const peaceOf = peaceWithin(history);
  const last = new Map<string, { readonly atMs: number; readonly record: StaleRecord }>();
  for (const { atMs, stale } of history.runningSamples) {
    for (const record of stale) last.set(record.executionId, { atMs, record });
  }
  return [...last.values()].flatMap(({ atMs, record }): Violation[] => {
    const { jobId, holder, leaseEndedAtMs } = record;
    const peaceMs = peaceOf({ fromMs: leaseEndedAtMs, toMs: atMs });
    if (peaceMs <= RESCUED_WITHIN_MS) return [];
    const what = `${jobId} was RUNNING at ${iso(atMs)}, ${Math.round(atMs - leaseEndedAtMs)} ms after the lease of ${holder} had ended, and a replica had been in peace for ${Math.round(peaceMs)} ms of them`;
    return [{ rule: 'nothing stays RUNNING', what, evidence: record }];
  });
};

/** How much the samples of a run were able to show. */
export interface Sight {
  readonly samples: number;
  /** Taken when somebody had been in peace for as long as a rescue may take. */
  readonly judging: number;
  /** The longest that a record was seen RUNNING after its holder's lease, and of that the longest in peace. */
  readonly longestMs: number;
  readonly longestInPeaceMs: number;
}

export type Seen = Pick<History, 'runningSamples' | 'disturbances' | 'incarnations' | 'leases'>;

export function sightOf(history: Seen): Sight {
  const peaceOf = peaceWithin(history);
  const stale = history.runningSamples.flatMap(({ atMs, stale: records }) =>
    records.map(({ leaseEndedAtMs }) => ({ fromMs: leaseEndedAtMs, toMs: atMs })),
  );
  const isJudging = ({ atMs }: RunningSample): boolean =>
    peaceOf({ fromMs: atMs - RESCUED_WITHIN_MS, toMs: atMs }) >= RESCUED_WITHIN_MS;
  return {
    samples: history.runningSamples.length,
    judging: history.runningSamples.filter(isJudging).length,
    longestMs: longest(stale.map(({ fromMs, toMs }) => toMs - fromMs)),
    longestInPeaceMs: longest(stale.map(peaceOf)),
  };
}

/** The longest stretch within a span in which the server was in peace, and one and the same replica was there and in peace. */
function peaceWithin({ disturbances, incarnations, leases }: Omit<Seen, 'runningSamples'>): (span: Span) => number {
  const firstLease = new Map(leases.toReversed().map(({ instance, atMs }) => [instance, atMs]));
  const replicas = incarnations.map(({ name, endedAtMs, toldToEndAtMs }) => {
    const slot = name.split('.')[0];
    return {
      fromMs: firstLease.get(name) ?? Number.POSITIVE_INFINITY,
      toMs: Math.min(endedAtMs ?? Number.POSITIVE_INFINITY, toldToEndAtMs ?? Number.POSITIVE_INFINITY),
      disturbed: disturbances.filter(({ on }) => on === 'server' || on.split('.')[0] === slot),
    };
  });
  const known = new Map<string, number>();
  return ({ fromMs, toMs }) => {
    const key = `${fromMs} ${toMs}`;
    const within = (replica: Span): Span => ({
      fromMs: Math.max(fromMs, replica.fromMs),
      toMs: Math.min(toMs, replica.toMs),
    });
    const peaceMs = known.get(key) ?? longest(replicas.map((one) => longestGap(within(one), one.disturbed)));
    known.set(key, peaceMs);
    return peaceMs;
  };
}

function longestGap({ fromMs, toMs }: Span, disturbed: readonly Span[]): number {
  let longestMs = 0;
  let freeFromMs = fromMs;
  for (const span of disturbed.filter((one) => one.toMs > fromMs && one.fromMs < toMs).toSorted(byStart)) {
    longestMs = Math.max(longestMs, span.fromMs - freeFromMs);
    freeFromMs = Math.max(freeFromMs, span.toMs);
  }
  return Math.max(longestMs, toMs - freeFromMs);
}

/** However many there are; 0: none. */
function longest(all: readonly number[]): number {
  return all.reduce((most, ms) => Math.max(most, ms), 0);
}

function byStart(a: Span, b: Span): number {
  return a.fromMs - b.fromMs;
}

/** What holds in every cell, whatever its policies are: asked of the calls and the ledger alone, and not of the oracle. */
import type { Cell } from './cells.ts';
import type { Call } from './story.ts';
import { FACTS, minuteAt } from './story-facts.ts';

/** Two instances that have lost the database start these each: what `run` gives up on, and nothing else does. */
const STARTED_BY_EACH: ReadonlySet<string> = new Set(['12:29', '12:30']);
const SETTLED = / (#\d (SUCCESS|FAILED) |skipped: |misfired: )/;

interface Lived {
  readonly ledger: readonly string[];
  readonly calls: readonly Call[];
}

/** @returns a line a breach */
export function findBreaches(cell: Cell, { ledger, calls }: Lived): string[] {
  const judged = cell.outagePolicy === 'run' ? calls.filter((call) => !STARTED_BY_EACH.has(call.occurrence)) : calls;
  const breaches = [
    ...startedTwice(judged),
    ...(cell.overlapPolicy === 'allow' ? [] : overlapping(judged)),
    ...triedTooOften(cell, judged),
    ...unsettled(ledger),
  ];
  return breaches.map((breach) => `${cell.jobId}: ${breach}`);
}

function startedTwice(calls: readonly Call[]): string[] {
  return [...Map.groupBy(calls, ({ occurrence, attempt }) => `${occurrence} #${attempt}`)]
    .filter(([, same]) => same.length > 1)
    .map(([key, { length }]) => `${key} was started ${length} times`);
}

function overlapping(calls: readonly Call[]): string[] {
  const breaches: string[] = [];
  let last: Call | null = null;
  for (const call of calls.toSorted((a, b) => a.startedAt - b.startedAt)) {
    if (last !== null && call.startedAt < last.endedAt)
      breaches.push(`${call.occurrence} #${call.attempt} began while ${last.occurrence} #${last.attempt} went on`);
    if (last === null || call.endedAt > last.endedAt) last = call;
  }
  return breaches;
}

function triedTooOften({ maxAttempts, onLost }: Cell, calls: readonly Call[]): string[] {
  const allowed = onLost === 'retry' ? Math.max(maxAttempts, 2) : maxAttempts;
  return [...Map.groupBy(calls, ({ occurrence }) => occurrence)]
    .filter(([, ofOne]) => ofOne.length > allowed)
    .map(([occurrence, { length }]) => `${occurrence} was started ${length} times, and ${allowed} are allowed`);
}

function unsettled(ledger: readonly string[]): string[] {
  const occurrences = Array.from({ length: FACTS.last / 60 + 1 }, (_, n) => minuteAt(n * 60));
  const settled = new Set(ledger.filter((line) => SETTLED.test(line)).map((line) => line.slice(0, 5)));
  return [
    ...occurrences.filter((occurrence) => !settled.has(occurrence)).map((occurrence) => `${occurrence} has no end`),
    ...ledger.filter((line) => / (#\d RUNNING|still waits)/.test(line)),
  ];
}

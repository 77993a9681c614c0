/**
 * Holds a schedule's answers against the oracle's list within one window, and counts the comparisons.
 */
import { parseSchedule, type Schedule } from '../../src/modules/foundation/domain/schedule.ts';
import type { NaiveCron } from './naive-cron.ts';
import type { WalkedWindow } from './walked-window.ts';
import { type Policies, writtenOccurrences } from './written-rules.ts';

/** Within this of a window's ends, the walk may not know all. */
const MARGIN_S = 8 * 3600;

export interface Comparison {
  readonly window: WalkedWindow;
  readonly cron: NaiveCron;
  readonly policies: Policies;
  /** Where to ask, as fractions of the window. */
  readonly at: readonly number[];
}

export class Tally {
  comparisons = 0;
  /** Instants asked about: a case is a text, a zone and one of these. */
  cases = 0;

  equal(actual: unknown, expected: unknown, question: () => string): void {
    this.comparisons += 1;
    if (actual !== expected)
      throw new Error(`${question()}: got ${String(actual)}, the oracle says ${String(expected)}`);
  }
}

function read({ cron, window, policies }: Comparison): Schedule | null {
  try {
    return parseSchedule({ text: cron.text, dialect: cron.dialect, timezone: window.timezone, ...policies });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'SCHEDULE_NEVER_FIRES') return null;
    throw error;
  }
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Compares next, previous, count, last and matches at each instant asked for. */
export function compare(comparison: Comparison, tally: Tally): void {
  const { window, cron, policies } = comparison;
  const [from, to] = [window.from + MARGIN_S, window.to - MARGIN_S];
  const expected = writtenOccurrences(cron, window, policies).filter((at) => at >= from && at < to);
  const schedule = read(comparison);
  const title = `${cron.dialect} "${cron.text}" ${window.timezone} ${JSON.stringify(policies)}`;
  if (schedule === null) return tally.equal(expected.length, 0, () => `${title} never fires`);
  tally.equal(schedule.isFixedTime, cron.isFixedTime, () => `${title} isFixedTime`);
  // Half of the instants are whole minutes, where schedules fire.
  const asked = (fraction: number): number => {
    const at = from + Math.floor(fraction * (to - from));
    return at % 2 === 0 ? at : Math.floor(at / 60) * 60;
  };
  const exact = [...window.changes.map(({ at }) => at), ...expected.slice(0, 3), ...expected.slice(-1)].filter(
    (at) => at >= from && at < to,
  );
  for (const at of [...comparison.at.map(asked), ...exact]) {
    tally.cases += 1;
    const next = schedule.next(at * 1000);
    const isInside = next !== null && next < to * 1000;
    tally.equal(
      isInside ? next / 1000 : undefined,
      expected.find((one) => one > at),
      () => `${title} next ${iso(at)}`,
    );
    const previous = schedule.previous(at * 1000);
    const isWithin = previous !== null && previous >= from * 1000;
    const before = expected.findLast((one) => one < at);
    tally.equal(isWithin ? previous / 1000 : undefined, before, () => `${title} previous ${iso(at)}`);
    const later = expected.filter((one) => one > at && one < to);
    const question = (): string => `${title} after ${iso(at)}`;
    tally.equal(schedule.count(at * 1000, to * 1000 - 1), later.length, () => `count ${question()}`);
    const last = schedule.last(3, at * 1000, to * 1000 - 1);
    tally.equal(
      last.join(),
      later
        .slice(-3)
        .map((one) => one * 1000)
        .join(),
      () => `last ${question()}`,
    );
    tally.equal(schedule.matches(at * 1000), expected.includes(at), () => `matches ${question()}`);
    if (isInside) tally.equal(schedule.matches(next), true, () => `matches the next ${question()}`);
  }
}

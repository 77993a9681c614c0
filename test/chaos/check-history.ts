/** The checker: a pure function from what a chaos run left behind to the promises that it broke. One line a rule. */
import type { History, Rule, Violation } from './history.ts';
import { editsStand, triggersRan } from './rules/acknowledged.ts';
import { everyOccurrenceResolved, noContradiction } from './rules/occurrences.ts';
import { noOverlap } from './rules/overlap.ts';
import {
  lostStaysLost,
  nothingLostInQuiet,
  nothingStaysRunning,
  ownInstanceRecords,
  successesHappened,
} from './rules/records.ts';
import { attemptsWithinLimit, oneStartPerAttempt } from './rules/starts.ts';

const RULES: readonly Rule[] = [
  oneStartPerAttempt,
  attemptsWithinLimit,
  everyOccurrenceResolved,
  noContradiction,
  noOverlap,
  lostStaysLost,
  ownInstanceRecords,
  successesHappened,
  nothingStaysRunning,
  nothingLostInQuiet,
  editsStand,
  triggersRan,
  ({ misconduct }) => misconduct.map((evidence) => ({ rule: 'conduct', what: evidence.what, evidence })),
];

/** @returns an empty list where every promise was kept */
export function checkHistory(history: History): Violation[] {
  return RULES.flatMap((rule) => rule(history));
}

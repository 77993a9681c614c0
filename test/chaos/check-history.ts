/** The checker: a pure function from what a chaos run left behind to the promises that it broke. One line a rule. */
import { LINES_SAID } from './chaos-jobs.ts';
import type { History, Rule, Violation } from './history.ts';
import { editsStand, triggersRan } from './rules/acknowledged.ts';
import { nothingWaitsForEver, queueAllSkipsNone, queueInOrder, retriesFollow } from './rules/attempts.ts';
import { everyOccurrenceResolved, noContradiction } from './rules/occurrences.ts';
import { cancelledStaysCancelled, orderedOnce, pausedIsQuiet } from './rules/orders.ts';
import { backfillsAreWhole, removedIsGone } from './rules/brief-jobs.ts';
import { startedIsKept, undueGoesBack } from './rules/claimed-ahead.ts';
import { herdClaimedFarAhead } from './rules/herd.ts';
import { noOverlap, withinOwnLimit } from './rules/overlap.ts';
import { outputIsWhole } from './rules/output.ts';
import { prunedToTheWatermark } from './rules/pruning.ts';
import {
  lostStaysLost,
  nothingLostInDrain,
  nothingLostInQuiet,
  nothingStaysRunning,
  ownInstanceRecords,
  successesHappened,
} from './rules/records.ts';
import { rescuedInTime } from './rules/stale-running.ts';
import { attemptsWithinLimit, noneBeforeItsTime, oneStartPerAttempt } from './rules/starts.ts';
import { withinItsGrace, withinItsSpan } from './rules/terms.ts';
import { editsTakeEffect } from './rules/versions.ts';

/** By name, so that a planted history that breaks it can be asked of each. */
export const RULES = {
  oneStartPerAttempt,
  attemptsWithinLimit,
  noneBeforeItsTime,
  retriesFollow,
  withinItsSpan,
  withinItsGrace,
  everyOccurrenceResolved,
  noContradiction,
  noOverlap,
  withinOwnLimit,
  queueInOrder,
  queueAllSkipsNone,
  nothingWaitsForEver,
  undueGoesBack,
  startedIsKept,
  lostStaysLost,
  ownInstanceRecords,
  successesHappened,
  outputIsWhole: outputIsWhole({ handler: 'chaos.chatty', said: LINES_SAID }),
  nothingStaysRunning,
  rescuedInTime,
  nothingLostInQuiet,
  nothingLostInDrain,
  editsStand,
  editsTakeEffect,
  triggersRan,
  cancelledStaysCancelled,
  pausedIsQuiet,
  orderedOnce,
  removedIsGone,
  backfillsAreWhole,
  herdClaimedFarAhead,
  prunedToTheWatermark,
  nobodyMisbehaves: ({ misconduct }) =>
    misconduct.map((evidence) => ({ rule: 'conduct', what: evidence.what, evidence })),
} satisfies Record<string, Rule>;

/** @returns an empty list where every promise was kept */
export function checkHistory(history: History): Violation[] {
  return Object.values<Rule>(RULES).flatMap((rule) => rule(history));
}

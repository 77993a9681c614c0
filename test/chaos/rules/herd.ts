/** The suite itself: a herd that begins to be claimed more than a second ahead was claimed so, or nothing was tried of it. */
import { FAR_AHEAD_MS } from '../herd.ts';
import type { Rule } from '../history.ts';

export const herdClaimedFarAhead: Rule = ({ herdAheadMs, claimedFarAhead }) => {
  if (herdAheadMs <= FAR_AHEAD_MS || claimedFarAhead > 0) return [];
  const what = `The suite had nothing of its herd claimed more than ${FAR_AHEAD_MS} ms ahead, although it may be from ${Math.round(herdAheadMs)} ms ahead`;
  return [{ rule: 'conduct', what, evidence: { herdAheadMs, claimedFarAhead } }];
};

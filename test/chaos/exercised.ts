/** What a run was for and did not do, by bad luck or because the suite has gone blind. Pure. */
import type { Fault } from './fault-schedule.ts';
import { FAR_AHEAD_MS, type Herd } from './herd.ts';
import type { History } from './history.ts';
import type { Inflicted } from './nemesis.ts';
import { prunings } from './rules/pruning.ts';
import { type Seen, sightOf } from './rules/stale-running.ts';

/** A shorter run may not come to everything. */
const LONG_ENOUGH_MS = 120_000;

export interface Attack {
  readonly attackMs: number;
  readonly faults: readonly Fault[];
  readonly herd: Pick<Herd, 'aheadMs'>;
  readonly inflicted: readonly Inflicted[];
  readonly history: Pick<History, 'executions' | 'jobs' | 'past'> & Seen;
}

/** @returns one sentence each; none where everything was exercised, or where the run is shorter than two minutes */
export function findUnexercised(attack: Attack): string[] {
  return attack.attackMs < LONG_ENOUGH_MS
    ? []
    : [...untried(attack), ...unaimed(attack), ...unpruned(attack), ...unseen(attack)];
}

/** Whoever is aimed at is another matter. */
function untried({ faults, inflicted }: Attack): string[] {
  const tried = new Set(inflicted.filter(({ isVain }) => !isVain).map(({ fault }) => fault));
  const never = faults.filter((fault) => fault !== 'kill-ahead' && !tried.has(fault));
  return never.map((fault) => `The fault '${fault}' was never brought about.`);
}

function unseen({ history }: Attack): string[] {
  const { samples, judging } = sightOf(history);
  return judging > 0 ? [] : [`Of ${samples} samples of what was RUNNING none could tell a rescue that fails.`];
}

function unaimed({ faults, herd, inflicted }: Attack): string[] {
  if (!faults.includes('kill-ahead')) return [];
  const killed = inflicted.filter(({ fault }) => fault === 'kill' || fault === 'kill-ahead');
  const isFar = herd.aheadMs > FAR_AHEAD_MS;
  if (killed.some(({ heldAhead }) => (isFar ? heldAhead.far : heldAhead.all) > 0)) return [];
  const what = isFar ? `claims of more than ${FAR_AHEAD_MS} ms ahead` : 'claims ahead';
  return [`No process was killed while it held ${what}, although ${killed.length} were killed.`];
}

function unpruned({ history }: Attack): string[] {
  const runs = prunings(history);
  if (history.past.outside.inserted === 0 || runs.some(({ status }) => status === 'SUCCESS')) return [];
  return [`No pruning of the history came to its end, in ${runs.length} runs.`];
}

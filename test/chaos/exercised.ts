/** What a run was for and did not do, by bad luck or because the suite has gone blind. Pure. */
import type { Fault } from './fault-schedule.ts';
import { FAR_AHEAD_MS, type Herd } from './herd.ts';
import type { History } from './history.ts';
import type { Inflicted } from './nemesis.ts';
import { prunings } from './rules/pruning.ts';
import { type Seen, sightOf } from './rules/stale-running.ts';

/** A shorter run may not come to everything. */
const LONG_ENOUGH_MS = 120_000;
/** Of the samples of what was RUNNING: with fewer, the verdict rests on luck. */
const LEAST_JUDGING = 0.05;

export interface Attack {
  readonly attackMs: number;
  readonly faults: readonly Fault[];
  readonly herd: Pick<Herd, 'aheadMs'>;
  readonly inflicted: readonly Inflicted[];
  readonly history: Pick<History, 'edits' | 'executions' | 'jobs' | 'past'> & Seen;
  readonly badRows: number;
}

/** @returns one sentence each; none where everything was exercised, or where the run is shorter than two minutes */
export function findUnexercised(attack: Attack): string[] {
  return attack.attackMs < LONG_ENOUGH_MS
    ? []
    : [untried, unaimed, unstepped, unpruned, unrun, unsteered, unseen].flatMap((missing) => missing(attack));
}

/** Whoever is aimed at is another matter. */
function untried({ faults, inflicted }: Attack): string[] {
  const tried = new Set(inflicted.filter(({ isVain }) => !isVain).map(({ fault }) => fault));
  const never = faults.filter((fault) => fault !== 'kill-ahead' && !tried.has(fault));
  return never.map((fault) => `The fault '${fault}' was never brought about.`);
}

function unseen({ history }: Attack): string[] {
  const { samples, judging } = sightOf(history);
  if (judging > 0 && judging >= samples * LEAST_JUDGING) return [];
  return [`Of ${samples} samples of what was RUNNING ${judging} could tell a rescue that fails.`];
}

/** A clock may be ahead, and behind. */
function unstepped({ faults, inflicted }: Attack): string[] {
  if (!faults.includes('clock')) return [];
  const steps = inflicted.filter(({ fault, isVain }) => fault === 'clock' && !isVain).map(({ stepMs }) => stepMs);
  return [
    ...(steps.some((stepMs) => stepMs > 0) ? [] : ['No clock was put forward.']),
    ...(steps.some((stepMs) => stepMs < 0) ? [] : ['No clock was put back.']),
  ];
}

/** Each of the functions that misbehave. */
function unrun({ history: { executions, jobs } }: Attack): string[] {
  const handlerOf = new Map(jobs.map(({ jobId, spec }) => [jobId, spec.handler ?? jobId]));
  const ran = new Set(executions.map(({ jobId }) => handlerOf.get(jobId)));
  const never = [...new Set(handlerOf.values())].filter((handler) => !ran.has(handler));
  return never.map((handler) => `No job of '${handler}' has run.`);
}

function unsteered({ badRows, history: { edits } }: Attack): string[] {
  return [
    ...(badRows > 0 ? [] : ['No bad row was written.']),
    ...(edits.some(({ isAcknowledged }) => isAcknowledged) ? [] : ['No edit was acknowledged.']),
  ];
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

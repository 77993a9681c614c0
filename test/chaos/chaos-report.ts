/** A verdict in words: what was done, what came of it, and every broken promise with its evidence. */
import type { ChaosOptions, ChaosVerdict } from './chaos-run.ts';
import { type EventRecord, groupBy, iso } from './history.ts';
import { prunings } from './rules/pruning.ts';
import { sightOf } from './rules/stale-running.ts';

/** Of each rule so many violations are shown in full. */
const SHOWN = 8;
const EVIDENCE_CHARACTERS = 2_500;

export function describeVerdict(verdict: ChaosVerdict, options: ChaosOptions): string {
  const unexercised = verdict.unexercised.map((what) => `not exercised: ${what}`);
  const lines = [...faultLines(verdict), '', ...figures(verdict, options), '', ...unexercised];
  return [...lines, ...violationLines(verdict, options)].join('\n');
}

/** 0: every promise was kept. 1: one was broken. 3: none was, but the run has not exercised what it is for. */
export function exitStatusOf({ violations, unexercised }: Pick<ChaosVerdict, 'violations' | 'unexercised'>): number {
  if (violations.length > 0) return 1;
  return unexercised.length > 0 ? 3 : 0;
}

function faultLines({ inflicted }: ChaosVerdict): string[] {
  return inflicted.map(({ fault, on, inflictedAtMs, mendedAtMs, heldAhead, isVain }) => {
    const lasted = mendedAtMs === null ? ', not mended' : ` for ${Math.round(mendedAtMs - inflictedAtMs)} ms`;
    const far = heldAhead.far > 0 ? `, ${heldAhead.far} of them far` : '';
    const met = heldAhead.all > 0 ? `, with ${heldAhead.all} claimed ahead${far}` : '';
    return `  ${iso(inflictedAtMs)}  ${fault} on ${on}${lasted}${met}${isVain ? ', in vain' : ''}`;
  });
}

function figures(verdict: ChaosVerdict, options: ChaosOptions): string[] {
  const { history, inflicted, forcedMs, ...counts } = verdict;
  const { ledger, executions, events, jobs, incarnations, edits, triggers, orders } = history;
  const of = (reason: string): number => executions.filter((run) => run.failureReason === reason).length;
  const byFault = [...groupBy(inflicted, ({ fault }) => fault)].map(([fault, all]) => `${fault} ${all.length}`);
  const expected = jobs.reduce((sum, job) => sum + job.expectedAtMs.length, 0);
  const acknowledged = edits.filter(({ isAcknowledged }) => isAcknowledged).length;
  return [
    `seed ${options.seed}: ${options.replicas} replicas (${incarnations.length} processes in all), ${options.jobs} jobs and a herd of ${jobs.filter(({ jobId }) => jobId.startsWith('herd-')).length}, ${options.attackMs / 1_000} s of faults`,
    `faults: ${inflicted.length} (${byFault.join(', ')})`,
    `occurrences expected ${expected}; executions ${executions.length}; starts in ledgers ${ledger.filter(({ event }) => event === 'start').length}`,
    `LOST ${of('LOST')}, TIMEOUT ${of('TIMEOUT')}, CANCELLED ${of('CANCELLED')}, ERROR ${of('ERROR')}, gone back before they were due ${history.goneBack}; by trigger: ${tally(executions.map(({ trigger }) => trigger))}`,
    ahead(verdict),
    farAhead(verdict),
    stale(history),
    overloaded(verdict),
    `events: ${tally(events.map(causeOf))}`,
    `pauses ${orders.pauses.length}, cancellations acknowledged ${orders.cancels.length}, runs ordered again ${orders.retriedOccurrences.size}, unheard triggers ${orders.repeated.length}, jobs made ${orders.briefJobs.length} and removed ${orders.briefJobs.filter(({ removedAtMs }) => removedAtMs !== null).length}, backfills ${orders.backfills.length}, left waiting ${history.pending.length}`,
    `edits ${edits.length} (acknowledged ${acknowledged}), reschedulings ${counts.reschedulings}, changes of steered jobs ${history.versions.filter(({ version }) => version > 0).length}, triggers acknowledged ${triggers.length}, bad rows ${counts.badRows}`,
    `history: of ${history.past.outside.inserted} too old ${history.past.outside.left} are left, of ${history.past.within.inserted} to be kept ${history.past.within.left}; prunings ${tally(prunings(history).map(({ status }) => status))}`,
    `after a second SIGTERM: ${forcedMs.length === 0 ? 'none' : forcedMs.map((ms) => `${ms} ms`).join(', ')}`,
  ];
}

function isKill({ fault }: ChaosVerdict['inflicted'][number]): boolean {
  return fault === 'kill' || fault === 'kill-ahead';
}

/** Whether processes were killed while they held what was not due yet, and what became of it. */
function ahead({ history, inflicted, missed }: ChaosVerdict): string {
  const killed = inflicted.filter(isKill).filter(({ heldAhead }) => heldAhead.all > 0);
  const left = killed.reduce((sum, { heldAhead }) => sum + heldAhead.all, 0);
  return `killed while holding claims ahead: ${killed.length} processes (${left} claims); aimed at and missed: ${missed}; records given back: ${history.giveBacks.length}`;
}

/** Whether the faults hit the time in which a large herd is claimed, more than a second before it is due. */
function farAhead({ history, inflicted }: ChaosVerdict): string {
  const met = inflicted.filter(({ heldAhead }) => heldAhead.far > 0);
  const byFault = [...groupBy(met, ({ fault }) => fault)].map(([fault, all]) => `${fault} ${all.length}`);
  const killed = met.filter(isKill);
  const left = killed.reduce((sum, { heldAhead }) => sum + heldAhead.far, 0);
  return `of the herd claimed more than 1 s ahead: ${history.claimedFarAhead}; killed while holding such claims: ${killed.length} processes (${left} claims); faults that met them: ${byFault.length === 0 ? 'none' : byFault.join(', ')}`;
}

/** How long a record outlived its holder's lease, and whether anybody could have seen it. */
function stale(history: ChaosVerdict['history']): string {
  const { samples, judging, longestMs, longestInPeaceMs } = sightOf(history);
  return `RUNNING after the lease of its holder: for ${Math.round(longestMs)} ms at most, in peace for ${Math.round(longestInPeaceMs)} ms; ${judging} of ${samples} samples could tell a rescue that fails`;
}

/** Where no fault was on the server: then the machine is too busy for its verdict to say much. */
function overloaded({ overloads, inflicted }: ChaosVerdict): string {
  const broken = inflicted.filter(({ on }) => on === 'server');
  const byItself = overloads.filter(
    ({ fromMs, toMs }) =>
      !broken.some((fault) => fault.inflictedAtMs < toMs && (fault.mendedAtMs ?? Number.POSITIVE_INFINITY) > fromMs),
  );
  const totalMs = byItself.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return `the server took more than a second to answer without a fault of its own: ${byItself.length} times, ${Math.round(totalMs / 1_000)} s in all`;
}

function causeOf({ type, reason }: EventRecord): string {
  return type.startsWith('occurrence.') ? `${type} (${reason?.split(/[:;(]/)[0]?.trim() ?? ''})` : type;
}

/** `a 3, b 1` */
function tally(names: readonly string[]): string {
  const groups = [...groupBy(names, (name) => name)].map(([name, all]) => ({ name, count: all.length }));
  return groups.map(({ name, count }) => `${name} ${count}`).join(', ');
}

function violationLines({ violations, folder }: ChaosVerdict, { seed, keep }: ChaosOptions): string[] {
  if (violations.length === 0) return ['violations: 0', ...(keep ? [`ledgers, logs and tables in ${folder}`] : [])];
  const byRule = [...groupBy(violations, ({ rule }) => rule)];
  const shown = byRule.flatMap(([rule, all]) => [
    `${rule}: ${all.length}`,
    ...all.slice(0, SHOWN).flatMap(({ what, evidence }) => {
      const text = JSON.stringify(evidence) ?? '';
      return [`  ✗ ${what}`, `    ${text.slice(0, EVIDENCE_CHARACTERS)}`];
    }),
  ]);
  return [`violations: ${violations.length} (seed ${seed}; ledgers, logs and tables in ${folder})`, ...shown];
}

/**
 * What a person should know of a job although it is scheduled, or because it is not. Owns the words; each says what follows.
 */
import { describeError } from '../domain/describe-error.ts';
import { handlerOf, type JobConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry, RegisteredJob } from '../domain/job-definition.ts';
import { type DstNote, resolveDialect, type Schedule, ScheduleError } from '../domain/schedule.ts';
import { validateKwargs } from './job-kwargs.ts';

export interface WarningFacts {
  readonly stateReason: string | null;
  readonly schedule: Schedule | null;
  readonly occurrences: readonly Date[];
  readonly registry: MergedJobRegistry;
  readonly nowMs: number;
  /** How often due occurrences are looked for, in milliseconds; left out: they are looked at when they are due. */
  readonly sweepIntervalMs?: number;
}

/** @param config as stored: its secrets are read, and none is told */
export async function findWarnings(config: JobConfig, facts: WarningFacts): Promise<string[]> {
  return [
    ...(facts.stateReason === null ? [] : [facts.stateReason]),
    ...(facts.schedule === null ? [] : scheduleWarnings(config, facts.schedule, facts)),
    ...(await argumentWarnings(config, facts.registry)),
    ...limitWarnings(config),
    ...outageWarnings(config),
  ];
}

/** Of a job whose runs exclude each other one runs at a time, whatever its limit says. */
function limitWarnings({ overlapPolicy, maxConcurrentRuns }: JobConfig): string[] {
  if (overlapPolicy === 'allow' || maxConcurrentRuns === null || maxConcurrentRuns === 1) return [];
  return [
    `maxConcurrentRuns ${maxConcurrentRuns} changes nothing: overlapPolicy '${overlapPolicy}' lets one run at a time; 'allow' lets several.`,
  ];
}

/** Chosen, and worth saying all the same. */
function outageWarnings({ outagePolicy }: JobConfig): string[] {
  if (outagePolicy !== 'run') return [];
  return [
    "outagePolicy 'run': while the database is away, each instance that has lost it runs the job; with several, an occurrence may run once on each.",
  ];
}

function scheduleWarnings(config: JobConfig, schedule: Schedule, facts: WarningFacts): string[] {
  const isOver = config.enabled && config.pausedAt === null && facts.occurrences.length === 0;
  return [
    ...(config.dialect === 'apscheduler' ? ambiguityWarnings(config, facts.nowMs) : []),
    ...(isOver ? ['No occurrence is left: the job runs only when it is triggered.'] : []),
    ...noteWarnings(schedule, facts.occurrences),
    ...sweepWarnings(facts.occurrences, facts.sweepIntervalMs),
  ];
}

/** `apscheduler` is the column's default: nobody may have chosen it. */
function ambiguityWarnings(config: JobConfig, nowMs: number): string[] {
  try {
    resolveDialect(config.cronExpression, { timezone: config.timezone, at: nowMs, jobId: config.jobId });
    return [];
  } catch (error) {
    if (!(error instanceof ScheduleError) || error.code !== 'SCHEDULE_AMBIGUOUS') return [];
    const others = (error.readings ?? []).map(({ dialect }) => dialect).filter((dialect) => dialect !== 'apscheduler');
    return [
      `'${config.cronExpression}' is read as apscheduler (0 = Monday, day AND weekday); as ${others.join(' or ')} it means other times.`,
    ];
  }
}

const NOTE_WORDS: Readonly<Record<DstNote, string>> = {
  moved: 'is moved: its wall time does not exist that day (daylight saving).',
  merged: 'stands for two: another one was moved onto the same instant (daylight saving).',
  repeated: 'is the second pass of a wall time that comes twice (daylight saving).',
  firstPass: 'is the first pass of a wall time that comes twice; the second does not fire (daylight saving).',
};

export function noteWarnings(schedule: Schedule, occurrences: readonly Date[]): string[] {
  return occurrences.flatMap((occurrence) => {
    const note = schedule.note(occurrence.getTime());
    return note === null ? [] : [`The occurrence at ${occurrence.toISOString()} ${NOTE_WORDS[note]}`];
  });
}

/** Where no process lives on, what comes between two sweeps is misfired by the second. */
export function sweepWarnings(occurrences: readonly Date[], sweepIntervalMs = 0): string[] {
  const gapsMs = occurrences.slice(1).map((occurrence, at) => occurrence.getTime() - occurrences[at]!.getTime());
  const shortestMs = Math.min(...gapsMs);
  if (shortestMs >= sweepIntervalMs) return [];
  return [
    `Occurrences come ${shortestMs} ms apart and are looked for every ${sweepIntervalMs} ms: misfirePolicy 'once' runs one of those between, 'all' runs each of them at the next sweep. A replica with timers runs each in time.`,
  ];
}

async function argumentWarnings(config: JobConfig, registry: MergedJobRegistry): Promise<string[]> {
  const handler = registry.get(handlerOf(config));
  if (handler === undefined) return [];
  try {
    return warningsOf(handler, await validateKwargs(handler, config.jobKwargs));
  } catch (error) {
    return [`Each run fails before it starts. ${describeError(error).message}`];
  }
}

/** What a module's own function says, whatever it does. */
function warningsOf({ id, warnings }: RegisteredJob, kwargs: unknown): string[] {
  try {
    return Array.from(warnings?.(kwargs) ?? [], String);
  } catch (error) {
    return [`What '${id}' warns of is not known: ${describeError(error).message}`];
  }
}

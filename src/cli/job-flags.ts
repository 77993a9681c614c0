/**
 * A job's fields as flags, one line each. Invariant: every field that the API lets one set has its flag; a test holds
 * the two together.
 */
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../main/duration.ts';
import { withoutMark } from './commands/named-file.ts';
import {
  DIALECTS,
  DST_GAPS,
  DST_OVERLAPS,
  MISFIRE_POLICIES,
  ON_LOST,
  OUTAGE_POLICIES,
  OVERLAP_POLICIES,
} from '../modules/foundation/domain/job-config.ts';

/** Commander takes null for an option without a value. */
const NONE = Symbol('none');

interface JobFlag {
  readonly flags: string;
  readonly field: string;
  readonly says: string;
  readonly read?: (text: string, before: unknown) => unknown;
  readonly choices?: readonly string[];
}

// oxfmt-ignore
export const JOB_FLAGS: readonly JobFlag[] = [
  { flags: '--cron <text>', field: 'cronExpression', says: "when: '0 9 * * mon-fri', '@every 90s', '@at 2027-01-01T09:00'" },
  { flags: '--tz, --timezone <zone>', field: 'timezone', says: 'an IANA zone, such as Asia/Shanghai' },
  { flags: '--dialect <name>', field: 'dialect', says: 'how the text is read', choices: DIALECTS },
  { flags: '--name <text>', field: 'jobName', says: 'what people call it' },
  { flags: '--handler <id>', field: 'handler', says: 'the registered function; left out: the job id names it', read: orNone(String) },
  { flags: '--kwargs <json>', field: 'jobKwargs', says: "its arguments: JSON, or '@file'", read: readJsonObject },
  { flags: '--url <url>', field: 'url', says: 'short for --handler http.request with this url' },
  { flags: '--misfire-policy <policy>', field: 'misfirePolicy', says: 'what becomes of missed occurrences', choices: MISFIRE_POLICIES },
  { flags: '--misfire-grace <duration>', field: 'misfireGraceMs', says: 'how long a missed one may still run', read: orNone(readDuration) },
  { flags: '--catch-up-limit <n>', field: 'catchUpLimit', says: 'how many missed ones at most', read: readNumber },
  { flags: '--overlap-policy <policy>', field: 'overlapPolicy', says: 'due while the one before still runs', choices: OVERLAP_POLICIES },
  { flags: '--max-concurrent-runs <n>', field: 'maxConcurrentRuns', says: 'at once, on all instances', read: orNone(readNumber) },
  { flags: '--max-attempts <n>', field: 'maxAttempts', says: 'how often a failing run is tried', read: readNumber },
  { flags: '--retry-backoff <duration>', field: 'retryBackoffMs', says: 'before the second attempt; doubles from then on', read: readDuration },
  { flags: '--retry-backoff-max <duration>', field: 'retryBackoffMax', says: 'and grows no further than that', read: readDuration },
  { flags: '--on-lost <policy>', field: 'onLost', says: 'when the process of a run dies', choices: ON_LOST },
  { flags: '--timeout <duration>', field: 'timeoutMs', says: 'how long a run may take', read: orNone(readDuration) },
  { flags: '--jitter <duration>', field: 'jitterMs', says: 'spreads the starts', read: readDuration },
  { flags: '--outage-policy <policy>', field: 'outagePolicy', says: 'while the database is away', choices: OUTAGE_POLICIES },
  { flags: '--start-at <instant>', field: 'startAt', says: 'no occurrence before it', read: orNone(String) },
  { flags: '--end-at <instant>', field: 'endAt', says: 'no occurrence after it', read: orNone(String) },
  { flags: '--dst-gap <rule>', field: 'dstGap', says: 'a wall time that a spring gap removes', choices: DST_GAPS },
  { flags: '--dst-overlap <rule>', field: 'dstOverlap', says: 'a wall time that autumn repeats', choices: DST_OVERLAPS },
  { flags: '--tag <tag>', field: 'tags', says: 'may be given several times', read: append },
  { flags: '--notes <text>', field: 'notes', says: 'for whoever reads it next', read: orNone(String) },
  { flags: '--disabled', field: 'enabled', says: 'runs only when it is triggered', read: () => false },
  { flags: '--enabled', field: 'enabled', says: 'runs when it is due', read: () => true },
];

export function addJobFlags(command: Command): Command {
  for (const { flags, says, choices, read } of JOB_FLAGS) {
    const option = new Option(flags, says);
    if (choices !== undefined) option.choices([...choices]);
    else if (read !== undefined && flags.includes('<')) option.argParser(read);
    command.addOption(option);
  }
  return command;
}

/** The fields that were given, under the API's names. */
export function jobFieldsOf(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const { flags, field, read } of JOB_FLAGS) {
    const value = options[new Option(flags).attributeName()];
    if (value === undefined) continue;
    if (value === NONE) fields[field] = null;
    else fields[field] = flags.includes('<') ? value : read!('', undefined);
  }
  const { url, ...rest } = fields;
  if (url === undefined) return rest;
  return { handler: 'http.request', ...rest, jobKwargs: { ...(rest['jobKwargs'] as object | undefined), url } };
}

/** `none` empties the field. */
function orNone(read: (text: string) => unknown): (text: string) => unknown {
  return (text) => (text === 'none' ? NONE : read(text));
}

function readNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It wants a whole number.');
}

function readDuration(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== null) return durationMs;
  throw new InvalidArgumentError('It wants a duration such as 250ms, 30s, 15m, 12h or 30d.');
}

function append(text: string, before: unknown): string[] {
  return [...(Array.isArray(before) ? (before as string[]) : []), text];
}

/** A JSON object, typed or in the file after `@`. @throws InvalidArgumentError */
export function readJsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.startsWith('@') ? withoutMark(readFileSync(text.slice(1), 'utf8')) : text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  throw new InvalidArgumentError('It wants a JSON object.');
}

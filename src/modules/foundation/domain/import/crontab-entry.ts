/**
 * One job line of a crontab, taken apart: schedule, user, command.
 *
 * Invariant: exactly the fields of crontab(5), five or one nickname; what this cannot carry over faithfully is refused
 * with its offset in the line, or warned of.
 */
import { parseSchedule, ScheduleError } from '../schedule.ts';
import { readPercent } from './percent-input.ts';

export interface CrontabEntry {
  readonly cronExpression: string;
  readonly user: string | null;
  /** As written, with its `%`. */
  readonly command: string;
  readonly warnings: readonly string[];
}

export interface EntryFault {
  readonly message: string;
  /** Offset in the line, 0-based. */
  readonly position: number;
  readonly hint?: string;
}

const NICKNAMES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly', '@reboot'];

interface Token {
  readonly text: string;
  readonly position: number;
}

/** The first `count` words and where the rest begins; null where there are fewer. */
function takeWords(line: string, start: number, count: number): { words: Token[]; rest: number } | null {
  const words: Token[] = [];
  const word = /[ \t]*([^ \t]+)/y;
  word.lastIndex = start;
  while (words.length < count) {
    const match = word.exec(line);
    if (match === null) return null;
    words.push({ text: match[1]!, position: word.lastIndex - match[1]!.length });
  }
  return { words, rest: word.lastIndex };
}

function hintFor(expression: string): string | undefined {
  if (expression.includes('~')) return "for cronie's random a~b say H(a-b), which the job's id chooses once";
  if (expression === '@every_minute') return "say '* * * * *'";
  return undefined;
}

/** The reason alone: the position is given in the line, and the hint beside it. */
function reasonOf({ message, position, hint }: ScheduleError): string {
  const isHinted = hint !== undefined && message.endsWith(`; ${hint}`);
  const bare = isHinted ? message.slice(0, -hint.length - 2) : message;
  return position === undefined ? bare : bare.replace(` at position ${position}: `, ': ');
}

function faultOf(error: ScheduleError, expression: string, start: number): EntryFault {
  const hint = hintFor(expression) ?? error.hint;
  const position = start + (error.position ?? 0);
  return { message: reasonOf(error), position, ...(hint === undefined ? {} : { hint }) };
}

function entryWarnings(expression: string, isSilent: boolean): string[] {
  const openStep = /(?:^|[\s,])([0-9]+\/[0-9]+)/.exec(expression);
  return [
    ...(isSilent ? ["The leading '-' (cronie and SUSE: leave out of the system log) is dropped."] : []),
    ...(openStep === null
      ? []
      : [`'${openStep[1]}' is read as from its first number on; some crons take that number alone, others refuse it.`]),
  ];
}

function checkSchedule(written: string, start: number, timezone: string): EntryFault | null {
  const isForeign = written.startsWith('@') && !NICKNAMES.includes(written.toLowerCase());
  if (isForeign) {
    const hint = hintFor(written);
    const message = `crontab(5) has no '${written}'; it has ${NICKNAMES.join(', ')}`;
    return { message, position: start, ...(hint === undefined ? {} : { hint }) };
  }
  try {
    parseSchedule({ text: written, dialect: 'unix', timezone });
    return null;
  } catch (error) {
    if (error instanceof ScheduleError) return faultOf(error, written, start);
    throw error;
  }
}

/**
 * Reads a line that is neither blank, comment nor setting.
 * @param hasUser whether a user stands between schedule and command, as in /etc/crontab
 * @returns the entry, or why and where the line cannot be read
 */
export function readEntry(line: string, timezone: string, hasUser: boolean): CrontabEntry | EntryFault {
  const begin = line.length - line.trimStart().length;
  const isSilent = line[begin] === '-';
  const start = isSilent ? begin + 1 : begin;
  const count = line[start] === '@' ? 1 : 5;
  const schedule = takeWords(line, start, count);
  if (schedule === null) return { message: `a schedule has ${count} fields here, and this has fewer`, position: begin };
  const { words } = schedule;
  const written = line.slice(words[0]!.position, schedule.rest);
  const fault = checkSchedule(written, words[0]!.position, timezone);
  if (fault !== null) return fault;
  const user = hasUser ? takeWords(line, schedule.rest, 1) : null;
  if (hasUser && user === null) return { message: 'the user and the command are missing', position: line.length };
  const command = line.slice(user?.rest ?? schedule.rest).replace(/^[ \t]+/, '');
  if (readPercent(command).command.trim() === '') return { message: 'the command is missing', position: line.length };
  const cronExpression = words.map(({ text }) => text).join(' ');
  return {
    cronExpression,
    user: user?.words[0]!.text ?? null,
    command,
    warnings: entryWarnings(cronExpression, isSilent),
  };
}

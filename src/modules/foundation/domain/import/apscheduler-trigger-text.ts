/**
 * Triggers as APScheduler 3 prints them, by `str()` and by `repr()`, taken apart into the arguments they were made of.
 *
 * Invariant: a text is read to its end or refused with the offset of what cannot be read.
 */
import { ImportFault } from './import-fault.ts';

export type TriggerKind = 'cron' | 'interval' | 'date';

/** A trigger as its constructor takes it. */
export interface TriggerArguments {
  readonly kind: TriggerKind;
  readonly args: Readonly<Record<string, unknown>>;
}

const FIELD = 'trigger';
const TIMEDELTA = /^(?:(-?\d+) days?, )?(\d+):(\d{2}):(\d{2})(?:[.](\d{1,6}))?$/;
const PAIR = /\s*([a-z_]+)=(?:'([^']*)'|datetime\.timedelta\(([^)]*)\)|([^\s,'()]+))(?:,|$)/y;

/** `1 day, 3:00:01` */
function readTimedelta(text: string, position: number): Record<string, unknown> {
  const match = TIMEDELTA.exec(text);
  if (match === null) throw new ImportFault(`'${text}' is not an interval like '0:05:00'`, { field: FIELD, position });
  const [, days = '0', hours, minutes, seconds, micros = '0'] = match;
  const fraction = Number(micros.padEnd(6, '0')) / 1e6;
  return { days: Number(days), hours: Number(hours), minutes: Number(minutes), seconds: Number(seconds) + fraction };
}

/** `days=1, seconds=10801` */
function readTimedeltaCall(text: string, position: number): Record<string, unknown> {
  const units: Record<string, number> = { days: 0, seconds: 0, microseconds: 0 };
  for (const part of text.split(',').map((each) => each.trim())) {
    const [unit, count] = part === '0' ? ['seconds', '0'] : part.split('=', 2);
    if (!Object.hasOwn(units, unit!) || !/^-?\d+$/.test(count ?? '')) {
      throw new ImportFault(`'${part}' is no part of a timedelta`, { field: FIELD, position });
    }
    units[unit!] = Number(count);
  }
  return { days: units['days'], seconds: units['seconds']! + units['microseconds']! / 1e6 };
}

function readPairs(text: string, offset: number): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  let position = text.length - text.replace(/^[\s,]+/, '').length;
  while (position < text.trimEnd().length) {
    PAIR.lastIndex = position;
    const match = PAIR.exec(text);
    if (match === null) {
      const message = `'${text.slice(position).trim()}' is not name='value'`;
      throw new ImportFault(message, { field: FIELD, position: offset + position });
    }
    const [, name, quoted, timedelta, bare] = match;
    if (timedelta === undefined) args[name!] = quoted ?? bare;
    else Object.assign(args, readTimedeltaCall(timedelta, offset + position));
    position = PAIR.lastIndex;
  }
  return args;
}

const COMBINED = /^\s*(?:<?(And|Or)Trigger\b|(and|or)\[)/i;
const PRINTED = /^\s*(cron|interval|date)\[(.*)\]\s*$/s;
const REPRESENTED = /^\s*<(Cron|Interval|Date)Trigger \((.*)\)>\s*$/s;

/**
 * Takes a printed trigger apart.
 * @throws {ImportFault} with the position
 */
export function readTriggerText(text: string): TriggerArguments {
  const printed = PRINTED.exec(text) ?? REPRESENTED.exec(text);
  if (printed === null) {
    const hint = COMBINED.test(text) ? 'make one job of each trigger in it' : 'say cron[…], interval[…] or date[…]';
    throw new ImportFault(`'${text.slice(0, 60)}' is not a trigger that this reads`, {
      field: FIELD,
      position: 0,
      hint,
    });
  }
  const kind = printed[1]!.toLowerCase() as TriggerKind;
  const body = printed[2]!;
  const offset = text.indexOf(body, printed[1]!.length);
  if (text.trimStart().startsWith('<') || kind === 'cron') return { kind, args: readPairs(body, offset) };
  return { kind, args: kind === 'date' ? { run_date: body } : readTimedelta(body, offset) };
}

/**
 * The apscheduler dialect: `CronTrigger.from_crontab` with exactly five fields, or the same fields by name,
 * `minute='0,30' hour='9-17' day_of_week='mon-fri'`.
 *
 * Invariant: all fields join by "and" (APScheduler 3); a field less significant than the last one named has its least
 * value, every other unnamed one is a star.
 */
import type { CronField, CronForm, FieldName } from './cron-form.ts';
import { readApschedulerField } from './apscheduler-field.ts';
import { GRAMMARS } from './field-grammar.ts';
import { defaultField } from './field-reader.ts';
import { isFixedTime } from './fixed-time.ts';
import { type Piece, refuse } from './refuse.ts';

const GRAMMAR = GRAMMARS.apscheduler;

/** From the most significant to the least, as `CronTrigger.FIELD_NAMES`, each with the default below the last one named. */
const FIELDS: readonly (readonly [string, FieldName, '*' | '0' | '1'])[] = [
  ['year', 'year', '*'],
  ['month', 'month', '1'],
  ['day', 'day', '1'],
  ['week', 'week', '*'],
  ['day_of_week', 'weekday', '*'],
  ['hour', 'hour', '0'],
  ['minute', 'minute', '0'],
  ['second', 'second', '0'],
];

function formOf(given: ReadonlyMap<FieldName, Piece>): CronForm {
  const lastNamed = FIELDS.findLastIndex(([, name]) => given.has(name));
  const entries = FIELDS.map(([, name, least], index): [FieldName, CronField] => {
    const piece = given.get(name);
    if (piece !== undefined) return [name, readApschedulerField(piece, GRAMMAR[name], GRAMMAR.weekday)];
    return [name, defaultField(GRAMMAR[name], index > lastNamed ? least : '*')];
  });
  const fields = Object.fromEntries(entries) as Record<FieldName, CronField>;
  return { dialect: 'apscheduler', fields, dayRule: 'and', isFixedTime: isFixedTime(fields) };
}

/**
 * Reads a crontab text of exactly five fields.
 * @throws {ScheduleError} SCHEDULE_INVALID with the position.
 */
export function readApschedulerCron(pieces: readonly Piece[]): CronForm {
  if (pieces.length !== 5) {
    const hint = pieces.length === 6 ? "for seconds say dialect 'unix', or name the fields: second='…'" : undefined;
    refuse(pieces[5] ?? pieces.at(-1)!, `the apscheduler dialect has exactly 5 fields, and not ${pieces.length}`, hint);
  }
  const names: readonly FieldName[] = ['minute', 'hour', 'day', 'month', 'weekday'];
  return formOf(new Map(names.map((name, index) => [name, pieces[index]!])));
}

const ASSIGNMENT = /[\s,]*([a-z_]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s'",]+))/iy;

/** Reads one `name=value` at an offset, and says where it ends. */
function readAssignment(text: string, position: number): { name: Piece; value: Piece; end: number } {
  ASSIGNMENT.lastIndex = position;
  const match = ASSIGNMENT.exec(text);
  if (match === null) refuse({ text: text.slice(position).trim(), position }, "not a field of the form name='value'");
  const end = ASSIGNMENT.lastIndex;
  const isQuoted = match[4] === undefined;
  const raw = match[2] ?? match[3] ?? match[4]!;
  const start = end - raw.length - (isQuoted ? 1 : 0);
  const value = { text: raw.trim(), position: start + raw.length - raw.trimStart().length };
  return { name: { text: match[1]!, position: text.indexOf(match[1]!, position) }, value, end };
}

/**
 * Reads fields by name, in any order, apart by white space or commas, quoted or not.
 * @throws {ScheduleError} SCHEDULE_INVALID with the position.
 */
export function readNamedFields(text: string): CronForm {
  const given = new Map<FieldName, Piece>();
  let position = 0;
  const length = text.trimEnd().length;
  while (position < length) {
    const { name, value, end } = readAssignment(text, position);
    const field = FIELDS.find(([written]) => written === name.text)?.[1];
    if (field === undefined) refuse(name, `no such field; there are ${FIELDS.map(([written]) => written).join(', ')}`);
    if (given.has(field)) refuse(name, 'this field is named twice');
    given.set(field, value);
    if (end < length && !/[\s,]/.test(text[end]!))
      refuse({ text: text.slice(end), position: end }, 'a space is missing');
    position = end;
  }
  return formOf(given);
}

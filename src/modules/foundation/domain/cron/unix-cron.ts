/**
 * The unix dialect: cron(5) and cron(8) with seconds in front if there are six fields, the L W # of others, and H.
 *
 * Invariant: two restricted day fields join by "or" (cron(5)); a day field that begins with a star does not count as
 * restricted, as vixie cron has it, so that every second day and a weekday join by "and".
 */
import type { CronField, CronForm, FieldItem } from './cron-form.ts';
import { type FieldGrammar, GRAMMARS } from './field-grammar.ts';
import { defaultField, fieldOf, fieldValues } from './field-reader.ts';
import { isFixedTime } from './fixed-time.ts';
import { readPlainItem } from './plain-item.ts';
import { isPlain, withPlainValues } from './plain-values.ts';
import { type Piece, refuse, refuseUnreadable, splitPiece } from './refuse.ts';
import { readHashedItem, readSpecialDay, readSpecialWeekday } from './special-item.ts';

const GRAMMAR = GRAMMARS.unix;

function readItem(piece: Piece, grammar: FieldGrammar, salt: string): FieldItem {
  const plain = readPlainItem(piece, grammar) ?? readHashedItem(piece, grammar, salt);
  if (plain !== null) return plain;
  if (grammar.name === 'day') return readSpecialDay(piece, grammar) ?? refuseUnreadable(piece, grammar);
  if (grammar.name !== 'weekday') refuseUnreadable(piece, grammar);
  if (/^L$/i.test(piece.text)) refuse(piece, 'L needs a weekday in this field', "say '6L' for the last Saturday");
  return readSpecialWeekday(piece, grammar) ?? refuseUnreadable(piece, grammar);
}

/** Reads a field; the values of a plain one are left to `withPlainValues`. */
function readUnixField(piece: Piece, grammar: FieldGrammar, salt: string): CronField {
  const isDay = grammar.name === 'day' || grammar.name === 'weekday';
  if (piece.text === '*' || (isDay && piece.text === '?')) {
    return { ...defaultField(grammar, '*'), text: piece.text, position: piece.position };
  }
  const written = splitPiece(piece, ',').map((item) => readItem(item, grammar, salt));
  return fieldOf(piece, grammar, written, isPlain(written) ? [] : fieldValues(written, grammar));
}

function refuseCount(pieces: readonly Piece[]): never {
  const extra = pieces[6] ?? pieces.at(-1)!;
  const hint = pieces.length === 7 ? "a year is the seventh field of dialect 'quartz'" : undefined;
  refuse(extra, `the unix dialect has 5 fields, or 6 with seconds first, and not ${pieces.length}`, hint);
}

/**
 * Reads a text of five or six fields.
 * @param salt what `H` is hashed from: the job's id.
 * @throws {ScheduleError} SCHEDULE_INVALID with the position.
 */
export function readUnixCron(pieces: readonly Piece[], salt: string): CronForm {
  if (pieces.length !== 5 && pieces.length !== 6) refuseCount(pieces);
  const [second, minute, hour, day, month, weekday] = pieces.length === 6 ? pieces : [null, ...pieces];
  const read = (piece: Piece, name: 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday'): CronField =>
    readUnixField(piece, GRAMMAR[name], salt);
  const plain = withPlainValues({
    second: second === null || second === undefined ? defaultField(GRAMMAR.second, '0') : read(second, 'second'),
    minute: read(minute!, 'minute'),
    hour: read(hour!, 'hour'),
    day: read(day!, 'day'),
    month: read(month!, 'month'),
    weekday: read(weekday!, 'weekday'),
  });
  const fields = { ...plain, week: defaultField(GRAMMAR.week, '*'), year: defaultField(GRAMMAR.year, '*') };
  const dayRule = fields.day.isStar || fields.weekday.isStar ? 'and' : 'or';
  return { dialect: 'unix', fields, dayRule, isFixedTime: isFixedTime(fields) };
}

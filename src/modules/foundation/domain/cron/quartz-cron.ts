/**
 * The quartz dialect: seconds first, an optional year last, and `?` in exactly one of the two day fields.
 *
 * Invariant: L, W and # stand alone in their field, as Quartz's CronExpression documents; ranges do not wrap around here
 * (Quartz lets them), so that no dialect reads `22-2`.
 */
import type { CronField, CronForm, FieldItem } from './cron-form.ts';
import { type FieldGrammar, GRAMMARS } from './field-grammar.ts';
import { defaultField, readField } from './field-reader.ts';
import { isFixedTime } from './fixed-time.ts';
import { readPlainItem, readStep } from './plain-item.ts';
import { type Piece, refuse, refuseUnreadable } from './refuse.ts';
import { readSpecialDay, readSpecialWeekday } from './special-item.ts';

const GRAMMAR = GRAMMARS.quartz;

function readSpecial(piece: Piece, grammar: FieldGrammar): FieldItem | null {
  if (grammar.name === 'day') return readSpecialDay(piece, grammar);
  if (grammar.name !== 'weekday') return null;
  return /^L$/i.test(piece.text) ? { kind: 'value', value: 7 } : readSpecialWeekday(piece, grammar);
}

function readItem(piece: Piece, grammar: FieldGrammar): FieldItem {
  const bareStep = /^\/([0-9]{1,9})$/.exec(piece.text);
  if (bareStep !== null) return { kind: 'every', step: readStep(bareStep[1]!, piece, grammar) };
  return readPlainItem(piece, grammar) ?? refuseUnreadable(piece, grammar);
}

function readQuartzField(piece: Piece, grammar: FieldGrammar): CronField {
  if (readSpecial(piece, grammar) !== null) {
    return readField(piece, grammar, (item, of) => readSpecial(item, of) ?? refuseUnreadable(item, of));
  }
  return readField(piece, grammar, (item, of) => {
    if (readSpecial(item, of) !== null) refuse(item, 'L, W and # stand alone in their field in this dialect');
    return readItem(item, of);
  });
}

/** One day field carries the rule, the other says `?`. */
function readDays(day: Piece, weekday: Piece): { day: CronField; weekday: CronField } {
  const dayOpen = day.text === '?';
  const weekdayOpen = weekday.text === '?';
  if (dayOpen && weekdayOpen) refuse(weekday, "'?' is in both day fields", "say '*' in one of them");
  if (!dayOpen && !weekdayOpen) {
    const open = weekday.text === '*' || day.text !== '*' ? weekday : day;
    refuse(open, "quartz wants '?' in exactly one of the two day fields", `say '?' instead of '${open.text}'`);
  }
  const open = (piece: Piece, grammar: FieldGrammar): CronField => ({
    ...defaultField(grammar, '*'),
    text: '?',
    position: piece.position,
  });
  return {
    day: dayOpen ? open(day, GRAMMAR.day) : readQuartzField(day, GRAMMAR.day),
    weekday: weekdayOpen ? open(weekday, GRAMMAR.weekday) : readQuartzField(weekday, GRAMMAR.weekday),
  };
}

/**
 * Reads a text of six or seven fields.
 * @throws {ScheduleError} SCHEDULE_INVALID with the position.
 */
export function readQuartzCron(pieces: readonly Piece[]): CronForm {
  if (pieces.length !== 6 && pieces.length !== 7) {
    const hint = pieces.length === 5 ? "say dialect 'unix' or 'apscheduler', or put seconds in front" : undefined;
    refuse(pieces[7] ?? pieces.at(-1)!, `the quartz dialect has 6 or 7 fields, and not ${pieces.length}`, hint);
  }
  const [second, minute, hour, day, month, weekday, year] = pieces;
  const fields = {
    second: readQuartzField(second!, GRAMMAR.second),
    minute: readQuartzField(minute!, GRAMMAR.minute),
    hour: readQuartzField(hour!, GRAMMAR.hour),
    month: readQuartzField(month!, GRAMMAR.month),
    week: defaultField(GRAMMAR.week, '*'),
    year: year === undefined ? defaultField(GRAMMAR.year, '*') : readQuartzField(year, GRAMMAR.year),
    ...readDays(day!, weekday!),
  };
  return { dialect: 'quartz', fields, dayRule: 'and', isFixedTime: isFixedTime(fields) };
}

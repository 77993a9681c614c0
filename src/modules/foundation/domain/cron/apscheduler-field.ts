/**
 * One field in the grammar of APScheduler 3 (`apscheduler/triggers/cron/expressions.py` and `fields.py`).
 *
 * Invariant: what APScheduler 3 refuses is refused; what it accepts means the same, except the suffixes that its
 * unanchored patterns ignore in silence (`mon-fri/2`, `last-3`, `mon#2`), which are refused instead of half-read.
 */
import { stepHint } from './plain-item.ts';
import type { CronField, FieldItem } from './cron-form.ts';
import { type FieldGrammar, numberOfName } from './field-grammar.ts';
import { readField } from './field-reader.ts';
import { readNumber } from './plain-item.ts';
import { type Piece, refuse, refuseUnreadable } from './refuse.ts';

const ORDINALS = ['1st', '2nd', '3rd', '4th', '5th'];

function checkStep(step: number, span: number, { piece, grammar }: { piece: Piece; grammar: FieldGrammar }): number {
  if (step === 0) refuse(piece, 'a step is at least 1');
  if (step > span) {
    refuse(piece, `step ${step} is higher than the total range of the expression (${span})`, stepHint(step, grammar));
  }
  return step;
}

/** `a`, `a-b`, `a-b/n`, `a/n`, in numbers only. */
function readRange(match: RegExpExecArray, piece: Piece, grammar: FieldGrammar): FieldItem {
  const from = readNumber(match[1]!, piece, grammar);
  const to = match[2] === undefined ? grammar.max : readNumber(match[2], piece, grammar);
  if (from > to) {
    refuse(
      piece,
      'the minimum of a range is not above its maximum, and ranges do not wrap around',
      `say '${from}-${grammar.max},${grammar.min}-${to}'`,
    );
  }
  if (match[2] === undefined && match[3] === undefined) return { kind: 'value', value: from };
  const isOpen = match[2] === undefined;
  if (match[3] === undefined) return { kind: 'range', from, to, step: 1, isOpen };
  // APScheduler takes a last value of 0 for "none" when it measures the span, so '0-0/5' passes and is 0.
  const span = (to === 0 ? grammar.max : to) - from;
  return { kind: 'range', from, to, step: checkStep(Number.parseInt(match[3], 10), span, { piece, grammar }), isOpen };
}

/** `mon`, `mon-fri`, `jan-mar`: names pair with names, and take no step. */
function readNames(match: RegExpExecArray, piece: Piece, grammar: FieldGrammar): FieldItem {
  const [from, to] = [match[1]!, match[2] ?? match[1]!].map((name) => numberOfName(grammar, name));
  if (from === undefined || to === undefined) refuseUnreadable(piece, grammar);
  if (from > to) {
    const [first, last] = [grammar.names[0], grammar.names.at(-1)];
    const hint = `say '${match[1]}-${last},${first}-${match[2]}'`;
    refuse(piece, 'the minimum of a range is not above its maximum, and ranges do not wrap around', hint);
  }
  return match[2] === undefined ? { kind: 'value', value: from } : { kind: 'range', from, to, step: 1, isOpen: false };
}

/** `last`, `2nd fri`, `last fri`. */
function readMonthPosition(piece: Piece, weekdays: FieldGrammar): FieldItem | null {
  if (/^last$/i.test(piece.text)) return { kind: 'lastDay', before: 0, isNearestWorkday: false };
  const match = /^(1st|2nd|3rd|4th|5th|last) +([a-z]+)$/i.exec(piece.text);
  if (match === null) return null;
  const written = numberOfName(weekdays, match[2]!);
  if (written === undefined) refuseUnreadable(piece, weekdays);
  const weekday = weekdays.toWeekday(written);
  const nth = ORDINALS.indexOf(match[1]!.toLowerCase()) + 1;
  return nth === 0 ? { kind: 'lastWeekday', weekday } : { kind: 'nthWeekday', weekday, nth };
}

function readItem(piece: Piece, grammar: FieldGrammar, weekdays: FieldGrammar): FieldItem {
  const star = /^\*(?:\/([0-9]{1,9}))?$/.exec(piece.text);
  if (star !== null) {
    const step =
      star[1] === undefined
        ? 1
        : checkStep(Number.parseInt(star[1], 10), grammar.max - grammar.min, { piece, grammar });
    return { kind: 'every', step };
  }
  const range = /^([0-9]{1,9})(?:-([0-9]{1,9}))?(?:\/([0-9]{1,9}))?$/.exec(piece.text);
  if (range !== null) return readRange(range, piece, grammar);
  const names = grammar.names.length > 0 ? /^([a-z]+)(?:-([a-z]+))?$/i.exec(piece.text) : null;
  if (names !== null) return readNames(names, piece, grammar);
  const position = grammar.name === 'day' ? readMonthPosition(piece, weekdays) : null;
  if (position !== null) return position;
  if (/^([a-z]{3}(-[a-z]{3})?|last)[-/#]/i.test(piece.text)) {
    refuse(piece, 'APScheduler would ignore what follows the name', 'use numbers, or list the values');
  }
  return refuseUnreadable(piece, grammar);
}

/** Reads a field; the spaces that APScheduler allows around a comma are allowed. */
export function readApschedulerField(piece: Piece, grammar: FieldGrammar, weekdays: FieldGrammar): CronField {
  return readField(piece, grammar, (item) => {
    const text = item.text.trim();
    return readItem(
      { text, position: item.position + item.text.length - item.text.trimStart().length },
      grammar,
      weekdays,
    );
  });
}

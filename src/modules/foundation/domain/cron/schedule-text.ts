/**
 * What a text says, before any zone: a cron form, an interval or one instant.
 *
 * Invariant: strict. A text reads completely in its dialect or is refused with the position and the reason.
 */
import { readApschedulerCron, readNamedFields } from './apscheduler-cron.ts';
import { type AtText, readAtText } from './at-text.ts';
import type { CronForm } from './cron-form.ts';
import { readDuration } from './duration-text.ts';
import { readQuartzCron } from './quartz-cron.ts';
import { type Piece, refuse, splitFields } from './refuse.ts';
import { ScheduleError } from './schedule-error.ts';
import type { Dialect } from './schedule-source.ts';
import { readUnixCron } from './unix-cron.ts';

export type ScheduleText =
  | { readonly kind: 'cron'; readonly form: CronForm }
  | { readonly kind: 'every'; readonly intervalMs: number }
  | { readonly kind: 'at'; readonly at: AtText };

export const LONGEST_TEXT = 256;

/** crontab(5). */
const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function rest(text: string, word: Piece): Piece {
  const after = text.slice(word.position + word.text.length);
  const trimmed = after.trimStart();
  return { text: trimmed.trimEnd(), position: text.length - trimmed.length };
}

function readNickname(word: Piece, pieces: readonly Piece[], dialect: Dialect): CronForm {
  const name = word.text.toLowerCase();
  if (name === '@reboot') {
    refuse(
      word,
      'a schedule has no start of the machine',
      "say '@at' and an instant, or trigger the job when you start",
    );
  }
  const expanded = NICKNAMES[name];
  if (expanded === undefined || !Object.hasOwn(NICKNAMES, name)) {
    refuse(word, `no such nickname; there are ${Object.keys(NICKNAMES).join(', ')}, @every and @at`);
  }
  if (pieces.length > 1) refuse(pieces[1]!, `nothing follows ${name}`);
  if (dialect !== 'unix') {
    refuse(word, `nicknames belong to dialect 'unix'`, dialect === 'apscheduler' ? `say '${expanded}'` : undefined);
  }
  const position = word.position;
  return {
    ...readUnixCron(
      splitFields(expanded).map(({ text }) => ({ text, position })),
      '',
    ),
    nickname: name,
  };
}

function readAtWord(text: string, pieces: readonly Piece[], dialect: Dialect): ScheduleText {
  const word = pieces[0]!;
  const name = word.text.toLowerCase();
  if (name !== '@every' && name !== '@at') return { kind: 'cron', form: readNickname(word, pieces, dialect) };
  const argument = rest(text, word);
  if (argument.text === '') refuse(word, `${name} wants ${name === '@at' ? 'an instant' : 'a duration'} after it`);
  if (name === '@at') return { kind: 'at', at: readAtText(argument) };
  return { kind: 'every', intervalMs: readDuration(argument) };
}

function readCron(text: string, pieces: readonly Piece[], dialect: Dialect, salt: string): CronForm {
  if (text.includes('=')) {
    if (dialect === 'apscheduler') return readNamedFields(text);
    const position = text.indexOf('=');
    refuse({ text: '=', position }, "fields by name belong to dialect 'apscheduler'");
  }
  if (dialect === 'apscheduler') return readApschedulerCron(pieces);
  return dialect === 'quartz' ? readQuartzCron(pieces) : readUnixCron(pieces, salt);
}

/**
 * Reads a text in a dialect.
 * @param salt what `H` is hashed from: the job's id.
 * @throws {ScheduleError} SCHEDULE_INVALID with position and, where it is likely, what was meant.
 */
export function readScheduleText(text: string, dialect: Dialect, salt: string): ScheduleText {
  if (text.length > LONGEST_TEXT) {
    const message = `a schedule has at most ${LONGEST_TEXT} characters, and this has ${text.length}`;
    throw new ScheduleError('SCHEDULE_INVALID', message, { position: LONGEST_TEXT });
  }
  if (!['apscheduler', 'unix', 'quartz'].includes(dialect)) {
    throw new ScheduleError(
      'SCHEDULE_INVALID',
      `there is no dialect '${dialect as string}'; say apscheduler, unix or quartz`,
    );
  }
  const pieces = splitFields(text);
  if (pieces.length === 0) throw new ScheduleError('SCHEDULE_INVALID', 'the schedule is empty', { position: 0 });
  if (pieces[0]!.text.startsWith('@')) return readAtWord(text, pieces, dialect);
  return { kind: 'cron', form: readCron(text, pieces, dialect, salt) };
}

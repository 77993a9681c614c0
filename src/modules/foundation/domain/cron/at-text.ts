/**
 * The instant of `@at`: RFC 3339 with an offset, or a wall time in the job's zone.
 *
 * Invariant: only dates that exist in the years 1970 to 2200 are read; a wall time that a gap removes follows the job's
 * `dstGap`, one that an overlap repeats is its first pass.
 */
import { DAY_S, daysFromCivil, FIRST_YEAR, isCivilDate, LAST_YEAR } from './civil-date.ts';
import { type Piece, refuse } from './refuse.ts';

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})0*)?)?)(Z|[+-]\d{2}:\d{2})?$/i;

/** With an offset as ISO 8601's short form has it (`+0800`), which RFC 3339 does not know. */
const BARE_OFFSET = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*[+-]\d\d)(\d\d)$/i;

/** What is meant where nothing but the colon of an offset is left out; null: that is not it. */
export function withColon(text: string): string | null {
  const meant = text.replace(BARE_OFFSET, '$1:$2');
  return meant !== text && INSTANT.test(meant) ? meant : null;
}

export interface AtText {
  /** Wall time in milliseconds since 1970-01-01T00:00. */
  readonly wallMs: number;
  /** Milliseconds east of UTC if the text says so; null: the job's zone decides. */
  readonly offsetMs: number | null;
}

function readOffset(text: string | undefined, piece: Piece): number | null {
  if (text === undefined) return null;
  if (/^z$/i.test(text)) return 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(4, 6))];
  if (hours > 23 || minutes > 59) refuse(piece, `there is no offset ${text}`);
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/**
 * Reads the instant of `@at`.
 * @throws {ScheduleError} SCHEDULE_INVALID with the position.
 */
export function readAtText(piece: Piece): AtText {
  const match = INSTANT.exec(piece.text);
  if (match === null) {
    const meant = withColon(piece.text);
    if (meant !== null) refuse(piece, 'not an instant', `an offset has a colon: '${meant}'`);
    refuse(piece, 'not an instant', "say '2030-01-31T09:00:00Z', '…+02:00', or without either for the job's time zone");
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < FIRST_YEAR || year > LAST_YEAR) refuse(piece, `${year} is outside ${FIRST_YEAR}-${LAST_YEAR}`);
  if (!isCivilDate({ year, month, day })) refuse(piece, 'there is no such date');
  if (hour > 23 || minute > 59 || second > 59) refuse(piece, 'there is no such time of day');
  const seconds = daysFromCivil(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
  const millis = Number((match[7] ?? '').padEnd(3, '0'));
  return { wallMs: seconds * 1000 + millis, offsetMs: readOffset(match[8], piece) };
}

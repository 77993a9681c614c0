/** An instant as people type it: RFC 3339, or a wall time on a zone's clock, where daylight saving decides as it does for schedules. */
import { CommandFault } from './command-fault.ts';
import { EXIT } from './exit-status.ts';
import { withColon } from '../modules/foundation/domain/cron/at-text.ts';
import { isCivilDate } from '../modules/foundation/domain/cron/civil-date.ts';
import { parseSchedule, ScheduleError } from '../modules/foundation/domain/schedule.ts';

const OFFSET = /(Z|[+-]\d\d:?\d\d)$/i;

/** `Date` takes 24:00 for the next day. */
const MIDNIGHT_AFTER = /^.{10}\D24/;

interface Span {
  readonly from?: string;
  readonly to?: string;
}

/** As the API takes them. @throws CommandFault */
export function readSpan({ from, to }: Span, timezone: string): Span {
  return {
    ...(from === undefined ? {} : { from: readInstant(from, timezone).toISOString() }),
    ...(to === undefined ? {} : { to: readInstant(to, timezone).toISOString() }),
  };
}

/** @throws CommandFault where it can be read as neither */
export function readInstant(text: string, timezone: string): Date {
  const whole = withoutSpaces(text);
  if (isDay(whole)) return wallInstant(`${whole}T00:00`, timezone);
  if (OFFSET.test(whole) && isDay(whole.slice(0, 10)) && !MIDNIGHT_AFTER.test(whole)) {
    const instant = new Date(whole);
    if (!Number.isNaN(instant.getTime())) return instant;
  }
  return wallInstant(whole, timezone);
}

/** For the service, which knows the zone: an instant's text as it stands. @throws CommandFault where it is none in any zone */
export function readInstantText(text: string): string {
  const whole = withoutSpaces(text);
  wallInstant(whole, 'UTC');
  return whole;
}

/** Also as the tables show it: `2026-11-23 09:00:00 +08:00`. */
function withoutSpaces(text: string): string {
  return text
    .trim()
    .replace(/^(\d{4}-\d\d-\d\d) /, '$1T')
    .replace(/ (?=[+-]\d\d:\d\d$)/, '');
}

function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  return year !== undefined && isCivilDate({ year, month: month!, day: day! });
}

function wallInstant(wall: string, timezone: string): Date {
  try {
    return new Date(parseSchedule({ text: `@at ${wall}`, dialect: 'unix', timezone }).next(-Infinity)!);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const meant = withColon(wall);
    const example = meant === null ? "say '2026-11-23 09:00' or '2026-11-23T01:00:00Z'" : `say '${meant}'`;
    const reason = error.code === 'SCHEDULE_INVALID' ? example : error.message;
    throw new CommandFault(EXIT.usage, `'${wall}' is no instant: ${reason}.`);
  }
}

/** An instant as people type it: RFC 3339, or a wall time on a zone's clock, where daylight saving decides as it does for schedules. */
import { CommandFault } from './command-fault.ts';
import { EXIT } from './exit-status.ts';
import { parseSchedule, ScheduleError } from '../modules/foundation/domain/schedule.ts';

const OFFSET = /(Z|[+-]\d\d:?\d\d)$/i;

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
  const trimmed = text.trim();
  if (/^\d{4}-\d\d-\d\d[T ]/.test(trimmed) && OFFSET.test(trimmed)) {
    const instant = new Date(trimmed.replace(' ', 'T'));
    if (!Number.isNaN(instant.getTime())) return instant;
  }
  return wallInstant(/^\d{4}-\d\d-\d\d$/.test(trimmed) ? `${trimmed}T00:00` : trimmed.replace(' ', 'T'), timezone);
}

function wallInstant(wall: string, timezone: string): Date {
  try {
    return new Date(parseSchedule({ text: `@at ${wall}`, dialect: 'unix', timezone }).next(-Infinity)!);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const reason =
      error.code === 'SCHEDULE_INVALID' ? "say '2026-11-23 09:00' or '2026-11-23T01:00:00Z'" : error.message;
    throw new CommandFault(EXIT.usage, `'${wall}' is no instant: ${reason}.`);
  }
}

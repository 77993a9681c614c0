/**
 * The zone and the environment that the lines of a crontab are read in; each setting holds for the lines below it.
 *
 * Invariant: a zone that nobody knows is never replaced by another one: the lines below it have none until it is set right.
 */
import { parseSchedule, ScheduleError } from '../schedule.ts';

interface ZoneSetting {
  readonly value: string;
  readonly line: number;
  readonly isKnown: boolean;
}

/** The zone of a line: a name and what it rests on, or the line whose zone is unknown. */
export type ZoneAt =
  | { readonly timezone: string; readonly from: 'option' | 'CRON_TZ' | 'TZ'; readonly line: number | null }
  | { readonly timezone: null; readonly from: 'CRON_TZ' | 'TZ'; readonly line: number };

/** @throws {ScheduleError} TIMEZONE_UNKNOWN. */
export function checkZone(timezone: string): void {
  parseSchedule({ text: '* * * * *', dialect: 'unix', timezone });
}

function isKnownZone(timezone: string): boolean {
  try {
    checkZone(timezone);
    return true;
  } catch (error) {
    if (error instanceof ScheduleError) return false;
    throw error;
  }
}

export class CrontabZone {
  readonly #fallback: string;
  readonly #zones = new Map<'CRON_TZ' | 'TZ', ZoneSetting>();
  /** Without `CRON_TZ`, which is for cron alone. Replaced, never changed: rows keep what they were read with. */
  env: Readonly<Record<string, string>> = {};

  /** @param fallback the zone where the crontab names none */
  constructor(fallback: string) {
    this.#fallback = fallback;
  }

  /**
   * Takes a setting over.
   * @returns why it cannot be used, or null
   */
  set(name: string, value: string, line: number): string | null {
    if (name !== 'CRON_TZ') this.env = { ...this.env, [name]: value };
    if (name !== 'CRON_TZ' && name !== 'TZ') return null;
    if (value === '') {
      this.#zones.delete(name);
      return null;
    }
    const timezone = value.replace(/^:/, '');
    const isKnown = isKnownZone(timezone);
    this.#zones.set(name, { value: timezone, line, isKnown });
    const isDecisive = name === 'CRON_TZ' || !this.#zones.has('CRON_TZ');
    return isKnown || !isDecisive ? null : `there is no time zone '${value}'`;
  }

  /** The zone of the next line: `CRON_TZ`, else `TZ`, else the fallback. */
  at(): ZoneAt {
    const from = this.#zones.has('CRON_TZ') ? 'CRON_TZ' : 'TZ';
    const setting = this.#zones.get(from);
    if (setting === undefined) return { timezone: this.#fallback, from: 'option', line: null };
    const { value, line, isKnown } = setting;
    return isKnown ? { timezone: value, from, line } : { timezone: null, from, line };
  }
}

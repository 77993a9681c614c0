/**
 * A stretch of a zone's time, walked minute by minute over Intl. Shares no code with the implementation.
 *
 * Invariant: every offset in the table was asked of Intl; where two neighbouring minutes differ, every second was asked.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timezone, format);
  return format;
}

/** Seconds east of UTC at an instant in epoch seconds. */
export function intlOffset(timezone: string, epochS: number): number {
  const wall = formatOf(timezone).format(epochS * 1000);
  return Date.parse(`${wall.replace(' ', 'T')}Z`) / 1000 - epochS;
}

export interface Change {
  /** First instant of the new offset, epoch seconds. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

export class WalkedWindow {
  readonly timezone: string;
  readonly from: number;
  readonly to: number;
  readonly offsets = new Set<number>();
  readonly changes: Change[] = [];
  readonly #minutes: number[] = [];
  readonly #seconds = new Map<number, number>();

  /** Walks [from, to), both whole minutes in epoch seconds. */
  constructor(timezone: string, from: number, to: number) {
    this.timezone = timezone;
    this.from = from;
    this.to = to;
    for (let minute = from; minute <= to; minute += 60) this.#minutes.push(intlOffset(timezone, minute));
    for (let index = 0; index + 1 < this.#minutes.length; index += 1) {
      this.offsets.add(this.#minutes[index]!);
      if (this.#minutes[index] !== this.#minutes[index + 1]) this.#walkSeconds(from + index * 60);
    }
    this.offsets.add(this.#minutes.at(-1)!);
  }

  #walkSeconds(minute: number): void {
    for (let second = minute; second <= minute + 60; second += 1) {
      this.#seconds.set(second, intlOffset(this.timezone, second));
    }
    for (let second = minute + 1; second <= minute + 60; second += 1) {
      const [before, after] = [this.#seconds.get(second - 1)!, this.#seconds.get(second)!];
      if (before !== after) this.changes.push({ at: second, before, after });
    }
  }

  offsetAt(epochS: number): number {
    return this.#seconds.get(epochS) ?? this.#minutes[Math.floor((epochS - this.from) / 60)]!;
  }

  /** Every instant of the window that shows a wall time, ascending. */
  instantsOf(wall: number): number[] {
    const found: number[] = [];
    for (const offset of this.offsets) {
      const instant = wall - offset;
      if (instant >= this.from && instant < this.to && this.offsetAt(instant) === offset) found.push(instant);
    }
    return found.toSorted((a, b) => a - b);
  }
}

/** The days, as epoch seconds, in which the offset of a zone changes during a year. */
export function changeDays(timezone: string, year: number): number[] {
  const days: number[] = [];
  const end = Date.UTC(year + 1, 0, 1) / 1000;
  let before = intlOffset(timezone, Date.UTC(year, 0, 1) / 1000);
  for (let day = Date.UTC(year, 0, 1) / 1000; day < end; day += 86_400) {
    const after = intlOffset(timezone, day + 86_400);
    if (after !== before) days.push(day);
    before = after;
  }
  return days;
}

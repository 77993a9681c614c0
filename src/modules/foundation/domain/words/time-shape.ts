/**
 * The time of day of a cron form, in the shape that a person would say it.
 *
 * Invariant: a shape holds exactly the hours, minutes and seconds of the form; nothing is rounded or left out.
 */
import type { CronForm } from '../cron/cron-form.ts';
import { type Run, runsOf, strideOf } from './value-runs.ts';

/** What happens within a minute (seconds) or an hour (minutes). */
export type Tick =
  | { readonly kind: 'every' }
  /** From 0 with a step that divides 60: elapsed time as well. */
  | { readonly kind: 'even'; readonly step: number }
  /** Any other stride of five or more: it starts anew each minute or hour. */
  | { readonly kind: 'stride'; readonly run: Run }
  | { readonly kind: 'at'; readonly runs: readonly Run[] };

export type TimeShape =
  /** Seconds of the day, ascending. */
  | { readonly kind: 'times'; readonly times: readonly number[]; readonly hasSeconds: boolean }
  /** Once in each of these hours, at the same minute and second. `isEven`: the hours go round the clock evenly from 0. */
  | {
      readonly kind: 'hourly';
      readonly step: number;
      readonly from: number;
      readonly to: number;
      readonly isEven: boolean;
      readonly startsAnew: boolean;
      readonly hasSeconds: boolean;
    }
  /** `hours` null: all of them. */
  | { readonly kind: 'ticks'; readonly second: Tick; readonly minute: Tick; readonly hours: readonly Run[] | null };

const LISTED_TIMES = 6;
const LISTED_HOURS = 12;
const LISTED_STRIDE = 4;

export function isZero(tick: Tick): boolean {
  return tick.kind === 'at' && tick.runs.length === 1 && tick.runs[0]!.to === 0;
}

/** The values of a tick as runs. */
export function tickRuns(tick: Tick): readonly Run[] {
  switch (tick.kind) {
    case 'at':
      return tick.runs;
    case 'stride':
      return [tick.run];
    case 'every':
      return [{ from: 0, to: 59, step: 1 }];
    case 'even':
      return runsOf(Array.from({ length: 60 / tick.step }, (_, index) => index * tick.step));
  }
}

function tickOf(values: readonly number[]): Tick {
  if (values.length === 60) return { kind: 'every' };
  const stride = strideOf(values);
  if (stride !== null && values[0] === 0 && values.length * stride === 60) return { kind: 'even', step: stride };
  if (stride !== null && stride > 1 && values.length > LISTED_STRIDE) {
    return { kind: 'stride', run: { from: values[0]!, to: values.at(-1)!, step: stride } };
  }
  return { kind: 'at', runs: runsOf(values) };
}

/** Once an hour, in hours that form a stride worth saying. */
function hourlyShape(hours: readonly number[], within: number, hasSeconds: boolean): TimeShape | null {
  const step = strideOf(hours);
  const [first, last] = [hours[0]!, hours.at(-1)!];
  if (step === null) return null;
  const isEven = first === 0 && hours.length * step === 24;
  if (hours.length <= LISTED_STRIDE && !(isEven && hours.length > 2)) return null;
  const startsAnew = hours.length * step !== 24 && first < step && last + step > 23;
  const [from, to] = [first * 3600 + within, last * 3600 + within];
  return { kind: 'hourly', step, from, to, isEven, startsAnew, hasSeconds };
}

function timesShape(hours: readonly number[], minutes: readonly number[], seconds: readonly number[]): TimeShape {
  const times = hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => hour * 3600 + minute * 60 + second)),
  );
  return { kind: 'times', times, hasSeconds: seconds.length > 1 || seconds[0] !== 0 };
}

/** A rhythm is said as a rhythm, even where it has few beats. */
function isRhythm(tick: Tick, count: number): boolean {
  return tick.kind !== 'at' && count >= LISTED_STRIDE;
}

/** The shape of a form's time of day. */
export function timeShapeOf({ fields }: CronForm): TimeShape {
  const [hours, minutes, seconds] = [fields.hour.values, fields.minute.values, fields.second.values];
  const [minute, second] = [tickOf(minutes), tickOf(seconds)];
  const perHour = minutes.length * seconds.length;
  if (perHour === 1) {
    const hourly = hourlyShape(hours, minutes[0]! * 60 + seconds[0]!, seconds[0] !== 0);
    if (hourly !== null) return hourly;
  }
  const isListed = hours.length * perHour <= (perHour === 1 ? LISTED_HOURS : LISTED_TIMES);
  if (isListed && !isRhythm(minute, minutes.length) && !isRhythm(second, seconds.length)) {
    return timesShape(hours, minutes, seconds);
  }
  return { kind: 'ticks', second, minute, hours: hours.length === 24 ? null : runsOf(hours) };
}

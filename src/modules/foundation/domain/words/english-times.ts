/**
 * Times of day in English: lists of times, hours at a stride, and rhythms within windows.
 *
 * Invariant: a rhythm that starts anew each hour, minute or day says so and names its first and last beat.
 */
import { joinWords, ordinal } from './english-days.ts';
import { isZero, type Tick, tickRuns, type TimeShape } from './time-shape.ts';
import { onlyValue, type Run } from './value-runs.ts';
import { clockText } from './wall-moment.ts';

/** "0 to 10, 20 and 30", "0 to 55 in steps of 5". */
export function numberList(runs: readonly Run[], name: (value: number) => string = String): string {
  return joinWords(
    runs.map(({ from, to, step }) => {
      if (from === to) return name(from);
      return step === 1 ? `${name(from)} to ${name(to)}` : `${name(from)} to ${name(to)} in steps of ${step}`;
    }),
  );
}

/** "minute 5", "minutes 5 and 20". */
export function counted(unit: string, runs: readonly Run[], name?: (value: number) => string): string {
  return `${unit}${onlyValue(runs) === null ? 's' : ''} ${numberList(runs, name)}`;
}

/** "minutes 5 and 20 of every hour", "every 5th minute of every hour, from minute 0 to 55". */
export function within(unit: string, runs: readonly Run[], whole: string): string {
  const [run] = runs;
  if (run!.step === 1) return `${counted(unit, runs)} of ${whole}`;
  return `every ${ordinal(run!.step)} ${unit} of ${whole}, from ${unit} ${run!.from} to ${run!.to}`;
}

export function times(list: readonly number[], hasSeconds: boolean): string {
  return joinWords(list.map((time) => clockText(time, hasSeconds)));
}

export function sayHourly(shape: Extract<TimeShape, { kind: 'hourly' }>): string {
  const { step, from, to, isEven, hasSeconds } = shape;
  const every = step === 1 ? 'every hour' : `every ${step} hours`;
  if (isEven && from === 0) return step === 1 ? every : `${every} from 00:00`;
  const [minute, second] = [Math.floor(from / 60) % 60, from % 60];
  if (isEven && step === 1) return `${every} at minute ${minute}${hasSeconds ? `, second ${second}` : ''}`;
  const range = `from ${clockText(from, hasSeconds)} to ${clockText(to, hasSeconds)}`;
  return shape.startsAnew ? `${every} of the day, ${range}` : `${every} ${range}`;
}

function sayTick(tick: Tick, unit: 'minute' | 'second', whole: 'hour' | 'minute'): string {
  switch (tick.kind) {
    case 'every':
      return `every ${unit}`;
    case 'even':
      return `every ${tick.step} ${unit}s`;
    case 'stride':
      return `every ${tick.run.step} ${unit}s of the ${whole}, from ${unit} ${tick.run.from} to ${tick.run.to}`;
    case 'at':
      return `at ${within(unit, tick.runs, `every ${whole}`)}`;
  }
}

/** What happens within an hour. */
function sayBeat(second: Tick, minute: Tick): string {
  if (isZero(second)) return sayTick(minute, 'minute', 'hour');
  const only = second.kind === 'at' ? onlyValue(second.runs) : null;
  if (only !== null) return `${sayTick(minute, 'minute', 'hour')}, at second ${only}`;
  const seconds = sayTick(second, 'second', 'minute');
  return minute.kind === 'every' ? seconds : `${seconds}, in ${within('minute', tickRuns(minute), 'every hour')}`;
}

const WINDOWS = 2;

/** "between 09:00 and 17:59"; many hours apart are listed. */
function sayWindow(hours: readonly Run[], hasSeconds: boolean): string {
  if (hours.length > WINDOWS || hours.some(({ step }) => step > 1)) return `in ${within('hour', hours, 'the day')}`;
  const last = hasSeconds ? 3599 : 3540;
  return hours
    .map(({ from, to }) => `between ${clockText(from * 3600, false)} and ${clockText(to * 3600 + last, hasSeconds)}`)
    .join(' and ');
}

export function sayTicks({ second, minute, hours }: Extract<TimeShape, { kind: 'ticks' }>): string {
  const beat = sayBeat(second, minute);
  return hours === null ? beat : `${beat}, ${sayWindow(hours, !isZero(second))}`;
}

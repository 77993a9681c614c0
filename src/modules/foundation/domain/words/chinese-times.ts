/**
 * Times of day in Chinese: lists of times, hours at a stride, and rhythms within windows.
 *
 * Invariant: a rhythm that starts anew each hour or minute says so (每小时内) and names its first and last beat.
 */
import { countedIn, joinWords } from './chinese-phrases.ts';
import { isZero, type Tick, tickRuns, type TimeShape } from './time-shape.ts';
import { onlyValue, type Run } from './value-runs.ts';
import { clockText } from './wall-moment.ts';

/** A time is said in two places: when in the day, and how often then. Either may be empty. */
export interface TimePhrase {
  readonly window: string;
  readonly beat: string;
}

export function times(list: readonly number[], hasSeconds: boolean): string {
  return joinWords(list.map((time) => clockText(time, hasSeconds)));
}

export function sayHourly(shape: Extract<TimeShape, { kind: 'hourly' }>, isEveryDay: boolean): TimePhrase {
  const { step, from, to, isEven, hasSeconds } = shape;
  const every = step === 1 ? '每小时' : `每${step}小时`;
  if (isEven && from === 0 && step === 1) return { window: '', beat: every };
  if (isEven && from === 0 && isEveryDay) return { window: '00:00起', beat: `${every}一次` };
  const [minute, second] = [Math.floor(from / 60) % 60, from % 60];
  if (isEven && step === 1) return { window: '', beat: `${every}的第${minute}分${hasSeconds ? `第${second}秒` : ''}` };
  return { window: `${clockText(from, hasSeconds)}至${clockText(to, hasSeconds)}`, beat: `${every}一次` };
}

const UNITS = {
  minute: { every: '每分钟', unit: '分钟', mark: '分', whole: '每小时' },
  second: { every: '每秒', unit: '秒', mark: '秒', whole: '每分钟' },
} as const;

function sayTick(tick: Tick, of: 'minute' | 'second'): string {
  const { every, unit, mark, whole } = UNITS[of];
  switch (tick.kind) {
    case 'every':
      return every;
    case 'even':
      return `每${tick.step}${unit}`;
    case 'stride':
      return `${whole}内每${tick.run.step}${unit}（第${tick.run.from}至${tick.run.to}${mark}）`;
    case 'at':
      return `${whole}的${countedIn(mark, tick.runs)}`;
  }
}

function sayBeat(second: Tick, minute: Tick): string {
  if (isZero(second)) return sayTick(minute, 'minute');
  const only = second.kind === 'at' ? onlyValue(second.runs) : null;
  if (only !== null)
    return minute.kind === 'every' ? `每分钟的第${only}秒` : `${sayTick(minute, 'minute')}，第${only}秒`;
  const seconds = sayTick(second, 'second');
  return minute.kind === 'every' ? seconds : `每小时的${countedIn('分', tickRuns(minute))}内，${seconds}`;
}

const WINDOWS = 2;

function sayWindow(hours: readonly Run[], hasSeconds: boolean): string {
  if (hours.length > WINDOWS || hours.some(({ step }) => step > 1)) return `${countedIn('时', hours)}内`;
  const last = hasSeconds ? 3599 : 3540;
  const windows = hours.map(
    ({ from, to }) => `${clockText(from * 3600, false)}至${clockText(to * 3600 + last, hasSeconds)}`,
  );
  return `${joinWords(windows)}之间`;
}

export function sayTicks({ second, minute, hours }: Extract<TimeShape, { kind: 'ticks' }>): TimePhrase {
  return { window: hours === null ? '' : sayWindow(hours, !isZero(second)), beat: sayBeat(second, minute) };
}

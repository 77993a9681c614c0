/**
 * The small change of written Chinese: lists, names and spaces.
 *
 * Invariant: full-width punctuation, and one space between a Chinese character and a Latin letter or digit, everywhere.
 */
import { onlyValue, type Run } from './value-runs.ts';

const WEEKDAYS = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'];

/** @param weekday 1 = Monday to 7 = Sunday; 0 is Sunday as well */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[(weekday + 6) % 7]!;
}

/** "甲、乙和丙". */
export function joinWords(words: readonly string[], conjunction = '和'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join('、')}${conjunction}${words.at(-1)}`;
}

/** A run with its unit: "1 日", "1 日至 7 日", "1 日至 31 日（步长 2）". */
export function runName({ from, to, step }: Run, name: (value: number) => string): string {
  if (from === to) return name(from);
  const range = `${name(from)}至${name(to)}`;
  return step === 1 ? range : `${range}（步长${step}）`;
}

/** "第 5 分", "第 5、20 分", "第 0 至 55 分（步长 5）". */
export function countedIn(unit: string, runs: readonly Run[]): string {
  const [run] = runs;
  if (run!.step > 1) return `第${run!.from}至${run!.to}${unit}（步长${run!.step}）`;
  if (onlyValue(runs) !== null) return `第${run!.from}${unit}`;
  return `第${runs.map((each) => runName(each, String)).join('、')}${unit}`;
}

/** Puts a space between Chinese and Latin, and none beside full-width punctuation or between two characters. */
export function space(sentence: string): string {
  return sentence
    .replaceAll(/(\p{Script=Han})([0-9A-Za-z])/gu, '$1 $2')
    .replaceAll(/([0-9A-Za-z])(\p{Script=Han})/gu, '$1 $2')
    .replaceAll(/(?<=[\p{Script=Han}（），、：]) (?=[\p{Script=Han}（），、：])|(?<=[（），、：]) /gu, '');
}

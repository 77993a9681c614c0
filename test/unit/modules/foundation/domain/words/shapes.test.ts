import { describe, expect, it } from 'vitest';
import { readScheduleText } from '../../../../../../src/modules/foundation/domain/cron/schedule-text.ts';
import type { CronForm } from '../../../../../../src/modules/foundation/domain/cron/cron-form.ts';
import type { Dialect } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { dayShapeOf, weekdayRange } from '../../../../../../src/modules/foundation/domain/words/day-shape.ts';
import { hashedValuesOf } from '../../../../../../src/modules/foundation/domain/words/hashed-values.ts';
import { tickRuns, timeShapeOf } from '../../../../../../src/modules/foundation/domain/words/time-shape.ts';

function formOf(text: string, dialect: Dialect = 'unix'): CronForm {
  const read = readScheduleText(text, dialect, 'nightly');
  if (read.kind !== 'cron') throw new Error(`'${text}' is no cron text`);
  return read.form;
}

describe('timeShapeOf()', () => {
  it.each([
    ['0 9 * * *', { kind: 'times', times: [32_400], hasSeconds: false }],
    ['0,30 9,17 * * *', { kind: 'times', times: [32_400, 34_200, 61_200, 63_000] }],
    ['15 30 9 * * *', { kind: 'times', times: [34_215], hasSeconds: true }],
    ['0 * * * *', { kind: 'hourly', step: 1, isEven: true, from: 0 }],
    ['0 */5 * * *', { kind: 'hourly', step: 5, isEven: false, startsAnew: true, to: 72_000 }],
    ['0 9-17/2 * * *', { kind: 'hourly', step: 2, isEven: false, startsAnew: false, from: 32_400 }],
    ['*/15 * * * *', { kind: 'ticks', minute: { kind: 'even', step: 15 }, hours: null }],
    ['*/7 * * * *', { kind: 'ticks', minute: { kind: 'stride', run: { from: 0, to: 56, step: 7 } } }],
    ['* 9-17 * * *', { kind: 'ticks', minute: { kind: 'every' }, hours: [{ from: 9, to: 17, step: 1 }] }],
    ['5,20 * * * *', { kind: 'ticks', minute: { kind: 'at' } }],
  ])('%s', (text, shape) => {
    expect(timeShapeOf(formOf(text))).toMatchObject(shape);
  });

  it('says the same of texts that mean the same', () => {
    expect(timeShapeOf(formOf('0,15,30,45 * * * *'))).toEqual(timeShapeOf(formOf('*/15 * * * *')));
    expect(timeShapeOf(formOf('0/15 * * * *'))).toEqual(timeShapeOf(formOf('*/15 * * * *')));
    expect(timeShapeOf(formOf('0-59 0-23 * * *'))).toEqual(timeShapeOf(formOf('* * * * *')));
  });
});

describe('tickRuns()', () => {
  it('expands each kind of tick', () => {
    expect(tickRuns({ kind: 'every' })).toEqual([{ from: 0, to: 59, step: 1 }]);
    expect(tickRuns({ kind: 'even', step: 5 })).toEqual([{ from: 0, to: 55, step: 5 }]);
    expect(tickRuns({ kind: 'even', step: 30 })).toHaveLength(2);
    expect(tickRuns({ kind: 'stride', run: { from: 0, to: 56, step: 7 } })).toHaveLength(1);
  });
});

describe('dayShapeOf()', () => {
  it.each([
    ['0 0 * * *', 'unix', 'everyDay'],
    ['0 0 1-31 * 1', 'unix', 'everyDay'],
    ['0 0 13 * 0-6', 'unix', 'everyDay'],
    ['0 0 */1 * 1', 'unix', 'weekdays'],
    ['0 0 1 1 *', 'unix', 'date'],
    ['0 0 1,2 1 *', 'unix', 'monthDays'],
    ['0 0 L 1 *', 'unix', 'monthDays'],
    ['0 0 13 * 5', 'unix', 'or'],
    ['0 0 */2 * 5', 'unix', 'and'],
    ['0 0 13 * 4', 'apscheduler', 'and'],
    ['0 0 1-31 * 4', 'apscheduler', 'weekdays'],
    ['0 0 13 * 0-6', 'apscheduler', 'monthDays'],
    ['0 0 0 ? * 2#1', 'quartz', 'weekdays'],
    ['0 0 0 15W * ?', 'quartz', 'monthDays'],
  ] as const)('%s in %s is %s', (text, dialect, kind) => {
    expect(dayShapeOf(formOf(text, dialect)).kind).toBe(kind);
  });

  it('names a pick once, however often it is written', () => {
    expect(dayShapeOf(formOf('0 0 L,L,1 * *'))).toMatchObject({ days: { picks: [{ kind: 'lastDay' }] } });
  });
});

describe('weekdayRange()', () => {
  it.each([
    [[1, 2, 3], { from: 1, to: 3 }],
    [[5, 6, 7], { from: 5, to: 7 }],
    [[1, 6, 7], { from: 6, to: 1 }],
    [[1, 2, 3, 4, 7], { from: 7, to: 4 }],
    [[1, 2, 3, 4, 5, 7], { from: 7, to: 5 }],
    [[1, 2], null],
    [[1, 3, 5], null],
    [[1, 2, 4, 5], null],
  ])('%j', (weekdays, range) => {
    expect(weekdayRange(weekdays)).toEqual(range);
  });
});

describe('hashedValuesOf()', () => {
  it('names the fields with an H and what they became', () => {
    const form = formOf('H 9 H * *');
    expect(hashedValuesOf(form)).toEqual([
      { field: 'minute', runs: [{ from: form.fields.minute.values[0], to: form.fields.minute.values[0], step: 1 }] },
      { field: 'day', runs: [{ from: form.fields.day.values[0], to: form.fields.day.values[0], step: 1 }] },
    ]);
  });

  it('is empty without one', () => {
    expect(hashedValuesOf(formOf('0 9 * * *'))).toEqual([]);
  });
});

/** The parsed form: what the words of a schedule are made of. */
import { expect, test } from 'vitest';
import type { CronForm, FieldItem, FieldName } from '../../../../../../src/modules/foundation/domain/cron/cron-form.ts';
import { sayByName } from '../../../../../../src/modules/foundation/domain/cron/say-by-name.ts';
import { readScheduleText } from '../../../../../../src/modules/foundation/domain/cron/schedule-text.ts';
import type { Dialect } from '../../../../../../src/modules/foundation/domain/schedule.ts';

function form(text: string, dialect: Dialect = 'unix'): CronForm {
  const read = readScheduleText(text, dialect, 'job');
  if (read.kind !== 'cron') throw new Error(`${text} is ${read.kind}`);
  return read.form;
}

test.each<[string, Dialect, FieldName, FieldItem[]]>([
  ['* * * * *', 'unix', 'minute', [{ kind: 'every', step: 1 }]],
  ['*/5 * * * *', 'unix', 'minute', [{ kind: 'every', step: 5 }]],
  ['5/5 * * * *', 'unix', 'minute', [{ kind: 'range', from: 5, to: 59, step: 5, isOpen: true }]],
  ['1-9/2 * * * *', 'unix', 'minute', [{ kind: 'range', from: 1, to: 9, step: 2, isOpen: false }]],
  [
    '3,1 * * * *',
    'unix',
    'minute',
    [
      { kind: 'value', value: 3 },
      { kind: 'value', value: 1 },
    ],
  ],
  ['0 0 L-2W * *', 'unix', 'day', [{ kind: 'lastDay', before: 2, isNearestWorkday: true }]],
  ['0 0 15w * *', 'unix', 'day', [{ kind: 'nearestWorkday', day: 15 }]],
  // Weekdays count from 0 = Sunday in every dialect's form.
  ['0 0 * * 7', 'unix', 'weekday', [{ kind: 'value', value: 0 }]],
  ['0 0 * * 1-5', 'unix', 'weekday', [{ kind: 'range', from: 1, to: 5, step: 1, isOpen: false }]],
  ['0 0 * * 0-4', 'apscheduler', 'weekday', [{ kind: 'range', from: 1, to: 5, step: 1, isOpen: false }]],
  ['0 0 0 ? * 2-6', 'quartz', 'weekday', [{ kind: 'range', from: 1, to: 5, step: 1, isOpen: false }]],
  ['0 0 * * fri-sun', 'unix', 'weekday', [{ kind: 'range', from: 5, to: 0, step: 1, isOpen: false }]],
  ['0 0 * * 5L', 'unix', 'weekday', [{ kind: 'lastWeekday', weekday: 5 }]],
  ['0 0 0 ? * 6#3', 'quartz', 'weekday', [{ kind: 'nthWeekday', weekday: 5, nth: 3 }]],
  ["day='last fri'", 'apscheduler', 'day', [{ kind: 'lastWeekday', weekday: 5 }]],
  ["day='2nd sun'", 'apscheduler', 'day', [{ kind: 'nthWeekday', weekday: 0, nth: 2 }]],
])('readScheduleText() of %j in %s has the %s items', (text, dialect, name, items) => {
  expect(form(text, dialect).fields[name].items).toEqual(items);
});

test.each<[string, Dialect, 'and' | 'or']>([
  ['0 0 13 * 5', 'unix', 'or'],
  ['0 0 */2 * 5', 'unix', 'and'],
  ['0 0 13 * ?', 'unix', 'and'],
  ['0 0 13 * fri', 'apscheduler', 'and'],
  ['0 0 0 13 * ?', 'quartz', 'and'],
])('readScheduleText() joins the days of %j in %s by %s', (text, dialect, dayRule) => {
  expect(form(text, dialect).dayRule).toBe(dayRule);
});

test('readScheduleText() keeps what was written, where it stands, and the nickname', () => {
  const written = form('  30  9 * * mon').fields;
  expect([written.minute.text, written.minute.position]).toEqual(['30', 2]);
  expect([written.weekday.text, written.weekday.position]).toEqual(['mon', 12]);
  expect([written.second.text, written.second.position]).toEqual(['0', -1]);
  expect(form('@daily').nickname).toBe('@daily');
  expect(form('0 0 * * *').nickname).toBeUndefined();
  expect(form("minute='5' hour=9", 'apscheduler').fields.hour).toMatchObject({ text: '9', position: 16 });
});

test('readScheduleText() says what H became', () => {
  const [item] = form('H * * * *').fields.minute.items;
  expect(item).toMatchObject({ kind: 'hashed', step: 1, isStepped: false });
  expect(form('H * * * *').fields.minute.values).toEqual(item?.kind === 'hashed' ? item.values : []);
  expect(form('H/20 * * * *').fields.minute.values).toHaveLength(3);
});

test('readScheduleText() tells intervals and instants from cron texts', () => {
  expect(readScheduleText('@every 90s', 'quartz', '')).toEqual({ kind: 'every', intervalMs: 90_000 });
  expect(readScheduleText('@at 1970-01-02T00:00+01:00', 'unix', '')).toEqual({
    kind: 'at',
    at: { wallMs: 86_400_000, offsetMs: 3_600_000 },
  });
});

test.each([
  ['0 9 * * 1-5', 'unix', '0 9 * * mon-fri'],
  ['0 9 * * 1-5', 'apscheduler', '0 9 * * tue-sat'],
  ['0 9 * * 0', 'unix', '0 9 * * sun'],
  ['0 9 * * 5-7', 'unix', '0 9 * * fri-sun'],
  ['0 9 * * 0,1,3', 'unix', '0 9 * * mon,wed,sun'],
  ['0 9 * * 0-2', 'unix', '0 9 * * mon,tue,sun'],
  ['0 9 * * */2', 'unix', null],
  ['0 9 * * 5L', 'unix', null],
  ['0 0 9 * * 1', 'unix', null],
] as const)('sayByName() says %j of %s as %j', (text, dialect, said) => {
  expect(sayByName(text, form(text, dialect))).toBe(said);
});

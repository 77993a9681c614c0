import { expect, test } from 'vitest';
import {
  type Dialect,
  type DialectQuestion,
  resolveDialect,
  ScheduleError,
} from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { iso } from './occurrences.ts';

const AT = Date.parse('2026-06-01T00:00Z');
const question = { timezone: 'Europe/Paris', at: AT };

function refusalOf(text: string, edit: Partial<DialectQuestion> = {}): ScheduleError {
  try {
    resolveDialect(text, { ...question, ...edit });
  } catch (error) {
    if (error instanceof ScheduleError) return error;
    throw error;
  }
  throw new Error(`'${text}' was resolved`);
}

test.each<[string, Dialect]>([
  ['*/5 * * * *', 'apscheduler'],
  ['0 9 * * *', 'apscheduler'],
  ['0 9 * * mon-fri', 'apscheduler'],
  ['0 9 * * SAT,sun', 'apscheduler'],
  ['0 9 * * 0-6', 'apscheduler'],
  ['0 9 1 * *', 'apscheduler'],
  ['0 9 */2 * mon', 'apscheduler'],
  ['@every 5m', 'apscheduler'],
  ['@at 2030-01-01T00:00', 'apscheduler'],
  // Only one dialect reads these.
  ["hour='9' day_of_week='1-5'", 'apscheduler'],
  ['0 9 last * *', 'apscheduler'],
  ['0 9 * * 7', 'unix'],
  ['0 9 * * 5L', 'unix'],
  ['0 9 L * *', 'unix'],
  ['@daily', 'unix'],
  ['0 0 9 * * 1-5', 'unix'],
  ['H 9 * * *', 'unix'],
  ['0 0 9 * * ? 2027', 'quartz'],
  // Both of those who read it agree.
  ['0 0 9 ? * mon-fri', 'unix'],
])('resolveDialect() reads %j as %s', (text, dialect) => {
  expect(resolveDialect(text, question)).toBe(dialect);
});

test('resolveDialect() never guesses: weekdays by number come back with both readings', () => {
  const error = refusalOf('0 9 * * 1-5');
  expect(error.code).toBe('SCHEDULE_AMBIGUOUS');
  expect(error.readings?.map(({ dialect, next }) => [dialect, ...next.map(iso)])).toEqual([
    ['apscheduler', '2026-06-02T07:00Z', '2026-06-03T07:00Z', '2026-06-04T07:00Z'],
    ['unix', '2026-06-01T07:00Z', '2026-06-02T07:00Z', '2026-06-03T07:00Z'],
  ]);
  expect(error.readings?.map(({ say }) => say)).toEqual([
    "'0 9 * * tue-sat', or dialect 'apscheduler'",
    "'0 9 * * mon-fri', or dialect 'unix'",
  ]);
  expect(error.message).toContain('mon-fri');
});

test.each(['0 9 * * 0', '0 9 * * */2', '0 9 13 * fri', '0 9 1,15 * 1', '0 0 9 ? * 2-6'])(
  'resolveDialect() refuses %j while nothing settles it',
  (text) => {
    const error = refusalOf(text);
    expect(error.code).toBe('SCHEDULE_AMBIGUOUS');
    expect(error.readings).toHaveLength(2);
  },
);

test('resolveDialect() takes the dialect of the deployment where it is in doubt', () => {
  for (const deploymentDialect of ['apscheduler', 'unix'] as const) {
    expect(resolveDialect('0 9 * * 1-5', { ...question, deploymentDialect })).toBe(deploymentDialect);
  }
});

test('resolveDialect() refuses what a settled dialect does not read, though another does, nicknames excepted', () => {
  const settled = { ...question, deploymentDialect: 'apscheduler' } as const;
  expect(() => resolveDialect('0 9 * * 7', settled)).toThrow(/Sunday is 6 or 'sun'/);
  expect(() => resolveDialect('0 0 0 ? * 1', settled)).toThrow(ScheduleError);
  expect(resolveDialect('0 9 * * 7', question)).toBe('unix');
  expect(resolveDialect('@daily', settled)).toBe('unix');
});

test('resolveDialect() shows as many occurrences as it takes to tell the readings apart', () => {
  const { readings } = refusalOf('0 9 * * 1-5', { at: Date.parse('2026-11-23T12:00Z') });
  const [apscheduler, unix] = readings!;
  expect(apscheduler!.next.length).toBeGreaterThan(3);
  expect(apscheduler!.next.at(-1)).not.toBe(unix!.next.at(-1));
  expect(apscheduler!.next.slice(0, -1)).toEqual(unix!.next.slice(0, -1));
});

test('resolveDialect() shows a reading that never fires as one without occurrences', () => {
  const error = refusalOf('0 0 31 2 1');
  expect(error.readings?.map(({ dialect, next }) => [dialect, next.length])).toEqual([
    ['apscheduler', 0],
    ['unix', 3],
  ]);
});

test.each([
  ['99 * * * *', 0, /minute/],
  ['0 0 9 * * 9', 10, /weekday/],
  ['0 0 9 * * ? x', 12, /year/],
  ['@dayly', 0, /nickname/],
])('resolveDialect() passes on the likeliest refusal of %j', (text, position, reason) => {
  expect(refusalOf(text)).toMatchObject({ code: 'SCHEDULE_INVALID', position, message: expect.stringMatching(reason) });
});

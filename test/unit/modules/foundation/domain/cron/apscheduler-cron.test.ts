/**
 * APScheduler 3's own semantics, field by field: what `CronTrigger` and `CronTrigger.from_crontab` accept and refuse
 * (its user guide, "Expression types", and `apscheduler/triggers/cron/`).
 */
import { expect, test } from 'vitest';
import { following, refusal, schedule } from './occurrences.ts';

const MONDAY = '2026-06-01T00:00Z';
const APS = { dialect: 'apscheduler' } as const;

test.each([
  // 0 is Monday, and there is no 7.
  ['0 9 * * 0', ['2026-06-01T09:00Z', '2026-06-08T09:00Z']],
  ['0 9 * * 6', ['2026-06-07T09:00Z', '2026-06-14T09:00Z']],
  [
    '0 9 * * 0-4',
    [
      '2026-06-01T09:00Z',
      '2026-06-02T09:00Z',
      '2026-06-03T09:00Z',
      '2026-06-04T09:00Z',
      '2026-06-05T09:00Z',
      '2026-06-08T09:00Z',
    ],
  ],
  [
    '0 9 * * mon-fri',
    [
      '2026-06-01T09:00Z',
      '2026-06-02T09:00Z',
      '2026-06-03T09:00Z',
      '2026-06-04T09:00Z',
      '2026-06-05T09:00Z',
      '2026-06-08T09:00Z',
    ],
  ],
  ['0 9 * * SAT,Sun', ['2026-06-06T09:00Z', '2026-06-07T09:00Z', '2026-06-13T09:00Z']],
  ['0 9 * * fri-sun', ['2026-06-05T09:00Z', '2026-06-06T09:00Z', '2026-06-07T09:00Z', '2026-06-12T09:00Z']],
  // */2 counts from Monday.
  [
    '0 9 * * */2',
    ['2026-06-01T09:00Z', '2026-06-03T09:00Z', '2026-06-05T09:00Z', '2026-06-07T09:00Z', '2026-06-08T09:00Z'],
  ],
  // All fields must hold, the two day fields as well: a Friday, 13th.
  ['0 0 13 * fri', ['2026-11-13T00:00Z', '2027-08-13T00:00Z']],
  ['0 0 last * *', ['2026-06-30T00:00Z', '2026-07-31T00:00Z']],
  ['0 0 LAST 2 *', ['2027-02-28T00:00Z', '2028-02-29T00:00Z']],
  ['0 0 1,last * *', ['2026-06-30T00:00Z', '2026-07-01T00:00Z']],
  ['0 0 1 jan-mar *', ['2027-01-01T00:00Z', '2027-02-01T00:00Z', '2027-03-01T00:00Z', '2028-01-01T00:00Z']],
  ['5/54 * * * *', ['2026-06-01T00:05Z', '2026-06-01T00:59Z', '2026-06-01T01:05Z']],
  ['0-10/10 0 * * *', ['2026-06-01T00:10Z', '2026-06-02T00:00Z']],
  ['0-0/5 4 * * *', ['2026-06-01T04:00Z', '2026-06-02T04:00Z']],
  ['*/59 0 * * *', ['2026-06-01T00:59Z', '2026-06-02T00:00Z']],
  ['007 04 * * *', ['2026-06-01T04:07Z']],
  // By name. Fields below the last one named are at their least, the others are stars.
  ["hour='9'", ['2026-06-01T09:00Z', '2026-06-02T09:00Z']],
  ['hour=9 minute=30', ['2026-06-01T09:30Z', '2026-06-02T09:30Z']],
  ['day=15', ['2026-06-15T00:00Z', '2026-07-15T00:00Z']],
  ['month=6-8', ['2026-07-01T00:00Z', '2026-08-01T00:00Z', '2027-06-01T00:00Z']],
  [
    "month='6-8,11-12', day='3rd fri', hour='0-3'",
    ['2026-06-19T00:00Z', '2026-06-19T01:00Z', '2026-06-19T02:00Z', '2026-06-19T03:00Z', '2026-07-17T00:00Z'],
  ],
  ["day='last sun' hour=2", ['2026-06-28T02:00Z', '2026-07-26T02:00Z']],
  ["day='1st mon, 15'", ['2026-06-15T00:00Z', '2026-07-06T00:00Z']],
  ["day='5th MON'", ['2026-06-29T00:00Z', '2026-08-31T00:00Z']],
  ['second="*/20"', ['2026-06-01T00:00:20Z', '2026-06-01T00:00:40Z', '2026-06-01T00:01Z']],
  ['minute = 5 , hour = 1', ['2026-06-01T01:05Z']],
  ["day_of_week='mon-fri', hour='9', minute='0'", ['2026-06-01T09:00Z', '2026-06-02T09:00Z']],
  // ISO weeks: the first of 2027 starts on 4 January, and 2026 has a 53rd.
  ['week=1 day_of_week=mon', ['2027-01-04T00:00Z', '2028-01-03T00:00Z']],
  ['week=53 day_of_week=fri', ['2027-01-01T00:00Z', '2033-01-07T00:00Z'].slice(0, 1)],
  ['year=2027 month=3 day=1', ['2027-03-01T00:00Z']],
  ["year='2028-2030/2' month=1 day=1", ['2028-01-01T00:00Z', '2030-01-01T00:00Z']],
])('apscheduler %j', (text, fires) => {
  expect(following(schedule(text, APS), MONDAY, fires.length)).toEqual(fires);
});

test.each([
  ['0 9 * *', 6, /exactly 5 fields/],
  ['0 0 9 * * *', 10, /exactly 5 fields.*unix/],
  ['*/0 * * * *', 0, /at least 1/],
  // Larger than the span of the field, of what is left of it, or of the range.
  ['*/60 * * * *', 0, /higher than the total range of the expression \(59\)/],
  ['5/55 * * * *', 0, /higher than the total range of the expression \(54\)/],
  ['10-20/11 * * * *', 0, /\(10\)/],
  ['5-5/1 * * * *', 0, /\(0\)/],
  ['* */24 * * *', 2, /\(23\)/],
  ['* * */31 * *', 4, /\(30\)/],
  ['* * * * */7', 8, /\(6\)/],
  ['* * * * 7', 8, /outside 0-6.*'sun'/],
  ['60 * * * *', 0, /outside 0-59/],
  ['* * 0 * *', 4, /outside 1-31/],
  ['0 22-2 * * *', 2, /do not wrap around/],
  ['* * * * fri-mon', 8, /do not wrap around.*fri-sun,mon-mon|fri-sun/],
  ['* * * * sun-mon', 8, /do not wrap around/],
  // Names pair with names only.
  ['* * * * 0-fri', 8, /not readable/],
  ['* * * * monday', 8, /say 'mon'/],
  ['* * * jan-march *', 6, /say|not readable/],
  // Suffixes that its patterns ignore in silence.
  ['* * * * mon-fri/2', 8, /ignore/],
  ['* * * * mon/2', 8, /ignore/],
  ['* * * * mon#2', 8, /ignore/],
  ['* * last-3 * *', 4, /ignore/],
  ['* * * * mon-3', 8, /ignore/],
  // Of other dialects.
  ['* * L * *', 4, /not readable/],
  ['* * ? * *', 4, /not readable/],
  ['* * 15W * *', 4, /not readable/],
  ['H * * * *', 0, /not readable/],
  ['* * * * 5L', 8, /not readable/],
  ['@daily', 0, /say '0 0 \* \* \*'/],
  ['1,,2 * * * *', 2, /empty/],
  ['-1 * * * *', 0, /negative/],
  // By name.
  ["hour='9' hour='10'", 9, /twice/],
  ["hours='9'", 0, /no such field/],
  ["hour='9'minute=1", 8, /space is missing/],
  ["hour='9", 0, /not a field|not readable/],
  ["hour=9 start_date='2020-01-01'", 7, /no such field/],
  ["minute='*/60'", 8, /total range/],
  ["day='6th fri'", 5, /not readable/],
  ["day='1st 0'", 5, /not readable/],
  ["day='1st friday'", 5, /three letters|not readable/],
  ["week='54'", 6, /outside 1-53/],
  ["year='1969'", 6, /outside 1970/],
  ['hour=', 0, /not a field/],
])('apscheduler refuses %j at %i', (text, position, reason) => {
  expect(refusal(text, APS)).toMatchObject({
    code: 'SCHEDULE_INVALID',
    position,
    message: expect.stringMatching(reason),
  });
});

test.each(["year='2026' month='2' day='29'", "week='53' month='6'", "day='5th mon' month='2' year='2026'"])(
  'parseSchedule() refuses %j, which can never fire',
  (text) => {
    expect(refusal(text, APS)).toMatchObject({ code: 'SCHEDULE_NEVER_FIRES' });
  },
);

test('apscheduler rows fire once in an overlap, where APScheduler 3 would fire twice', () => {
  const one = schedule('30 1 * * *', { ...APS, timezone: 'Europe/London' });
  expect(following(one, '2026-10-24T12:00Z', 2)).toEqual(['2026-10-25T00:30Z firstPass', '2026-10-26T01:30Z']);
});

/** cron(5) and cron(8): what is read, and how. */
import { expect, test } from 'vitest';
import { following, refusal, schedule } from './occurrences.ts';

const MONDAY = '2026-06-01T00:00Z';

test.each([
  // text, after, fires
  ['*/20 * * * *', MONDAY, ['2026-06-01T00:20Z', '2026-06-01T00:40Z', '2026-06-01T01:00Z']],
  ['5/20 * * * *', MONDAY, ['2026-06-01T00:05Z', '2026-06-01T00:25Z', '2026-06-01T00:45Z', '2026-06-01T01:05Z']],
  ['10-20/5 3 * * *', MONDAY, ['2026-06-01T03:10Z', '2026-06-01T03:15Z', '2026-06-01T03:20Z', '2026-06-02T03:10Z']],
  ['*/30 0 9 * * *', MONDAY, ['2026-06-01T09:00Z', '2026-06-01T09:00:30Z', '2026-06-02T09:00Z']],
  ['0 0 * * 0', MONDAY, ['2026-06-07T00:00Z', '2026-06-14T00:00Z']],
  ['0 0 * * 7', MONDAY, ['2026-06-07T00:00Z', '2026-06-14T00:00Z']],
  ['0 0 * * SUN', MONDAY, ['2026-06-07T00:00Z', '2026-06-14T00:00Z']],
  ['0 0 * * fri-sun', MONDAY, ['2026-06-05T00:00Z', '2026-06-06T00:00Z', '2026-06-07T00:00Z', '2026-06-12T00:00Z']],
  ['0 0 * * sun-tue', MONDAY, ['2026-06-02T00:00Z', '2026-06-07T00:00Z', '2026-06-08T00:00Z', '2026-06-09T00:00Z']],
  ['0 0 * * 5-7', MONDAY, ['2026-06-05T00:00Z', '2026-06-06T00:00Z', '2026-06-07T00:00Z', '2026-06-12T00:00Z']],
  ['0 0 1 jan,Jul *', MONDAY, ['2026-07-01T00:00Z', '2027-01-01T00:00Z']],
  ['\t0  9\u00a0* *\n* ', MONDAY, ['2026-06-01T09:00Z', '2026-06-02T09:00Z']],
  // Both day fields restricted: either will do. The 13th of June is a Saturday.
  ['0 0 13 * 5', MONDAY, ['2026-06-05T00:00Z', '2026-06-12T00:00Z', '2026-06-13T00:00Z', '2026-06-19T00:00Z']],
  // A day field that begins with a star does not restrict: both must hold.
  ['0 0 */2 * 5', MONDAY, ['2026-06-05T00:00Z', '2026-06-19T00:00Z', '2026-07-03T00:00Z']],
  ['0 0 13 * *', MONDAY, ['2026-06-13T00:00Z', '2026-07-13T00:00Z']],
  ['0 0 13 * ?', MONDAY, ['2026-06-13T00:00Z', '2026-07-13T00:00Z']],
  ['0 0 ? * 5', MONDAY, ['2026-06-05T00:00Z', '2026-06-12T00:00Z']],
  ['@weekly', MONDAY, ['2026-06-07T00:00Z', '2026-06-14T00:00Z']],
  ['@Monthly', MONDAY, ['2026-07-01T00:00Z', '2026-08-01T00:00Z']],
  ['@yearly', MONDAY, ['2027-01-01T00:00Z', '2028-01-01T00:00Z']],
  ['@annually', MONDAY, ['2027-01-01T00:00Z']],
  ['@midnight', MONDAY, ['2026-06-02T00:00Z']],
  // What depends on the month.
  ['0 0 L * *', MONDAY, ['2026-06-30T00:00Z', '2026-07-31T00:00Z']],
  ['0 0 L-3 2 *', MONDAY, ['2027-02-25T00:00Z', '2028-02-26T00:00Z']],
  [
    '0 0 LW * *',
    MONDAY,
    ['2026-06-30T00:00Z', '2026-07-31T00:00Z', '2026-08-31T00:00Z', '2026-09-30T00:00Z', '2026-10-30T00:00Z'],
  ],
  ['0 0 L-1W 5 *', MONDAY, ['2027-05-31T00:00Z']],
  ['0 0 15W * *', MONDAY, ['2026-06-15T00:00Z', '2026-07-15T00:00Z', '2026-08-14T00:00Z']],
  ['0 0 1W 8 *', MONDAY, ['2026-08-03T00:00Z']],
  ['0 0 31W * *', MONDAY, ['2026-07-31T00:00Z', '2026-08-31T00:00Z', '2026-10-30T00:00Z']],
  ['0 0 * * 5L', MONDAY, ['2026-06-26T00:00Z', '2026-07-31T00:00Z']],
  ['0 0 * * friL', MONDAY, ['2026-06-26T00:00Z']],
  ['0 0 * * 5#2', MONDAY, ['2026-06-12T00:00Z', '2026-07-10T00:00Z']],
  ['0 0 * * mon#5', MONDAY, ['2026-06-29T00:00Z', '2026-08-31T00:00Z']],
  ['0 0 1,L * *', MONDAY, ['2026-06-30T00:00Z', '2026-07-01T00:00Z']],
  ['0 0 15 * 5#1', MONDAY, ['2026-06-05T00:00Z', '2026-06-15T00:00Z', '2026-07-03T00:00Z']],
])('unix %j after %s', (text, after, fires) => {
  expect(following(schedule(text), after, fires.length)).toEqual(fires);
});

test.each([
  ['0 0 * *', 6, /5 fields, or 6/],
  ['0 0 0 1 1 ? 2026', 12, /5 fields, or 6.*quartz/],
  ['60 * * * *', 0, /outside 0-59/],
  ['* 24 * * *', 2, /outside 0-23/],
  ['* * 0 * *', 4, /outside 1-31/],
  ['* * * 13 *', 6, /outside 1-12/],
  ['* * * * 8', 8, /outside 0-7/],
  ['*/60 * * * *', 0, /larger than the minute field.*@every 60m/],
  ['* */24 * * *', 2, /larger than the hour field.*@every 24h/],
  ['*/0 * * * *', 0, /at least 1/],
  ['0 22-2 * * *', 2, /say '22-23,0-2'/],
  ['0 0 * * fri-mon', 8, /say 'fri-sat,sun-mon'/],
  ['0 0 * nov-feb *', 6, /say 'nov-dec,jan-feb'/],
  ['0 0 * * monday', 8, /say 'mon'/],
  ['0 0 * january *', 6, /say 'jan'/],
  ['1-5-7 * * * *', 0, /one hyphen/],
  ['1,,2 * * * *', 2, /empty/],
  ['1,2, * * * *', 4, /empty/],
  ['5#2 * * * *', 0, /not readable in the minute field/],
  ['15W * * * *', 0, /not readable in the minute field/],
  ['0 0 32W * *', 4, /outside 1-31/],
  ['0 0 L-31 * *', 4, /at most 30/],
  ['0 0 W * *', 4, /not readable/],
  ['0 0 * * L', 8, /wants|needs a weekday/],
  ['0 0 * * 5#6', 8, /first to a fifth/],
  ['0 0 * * 5#0', 8, /first to a fifth/],
  ['0 0 * * 5L#2', 8, /not readable/],
  ['? * * * *', 0, /not readable/],
  ['-5 * * * *', 0, /no negative/],
  ['1.5 * * * *', 0, /not readable/],
  ['0x5 * * * *', 0, /not readable/],
  ['5/ * * * *', 0, /not readable/],
  ['/5 * * * *', 0, /not readable/],
  ['*5 * * * *', 0, /not readable/],
  ['**/5 * * * *', 0, /not readable/],
  ['H(30-10) * * * *', 0, /upwards/],
  ['H(0-70) * * * *', 0, /outside/],
  ['H/60 * * * *', 0, /larger/],
  ['h * * * *', 0, /not readable/],
  ['@reboot', 0, /@at/],
  ['@fortnightly', 0, /no such nickname/],
  ['@daily 5', 7, /nothing follows/],
  ['minute=5', 6, /apscheduler/],
])('unix refuses %j at %i', (text, position, reason) => {
  expect(refusal(text)).toMatchObject({ code: 'SCHEDULE_INVALID', position, message: expect.stringMatching(reason) });
});

test.each(['0 0 31 2 *', '0 0 30,31 feb *', '0 0 31 4,6,9,11 *', '0 0 31W 2 *', '0 0 L-30 2 *'])(
  'parseSchedule() refuses %j, which can never fire',
  (text) => {
    expect(refusal(text)).toMatchObject({ code: 'SCHEDULE_NEVER_FIRES', message: expect.stringMatching(/no day/) });
  },
);

test('H spreads jobs, stays the same for each, and keeps to its range', () => {
  const minutes = new Set<string>();
  for (let job = 0; job < 50; job += 1) {
    const [first] = following(schedule('H H(1-4) * * *', { jobId: `job-${job}` }), MONDAY, 1);
    expect(first).toMatch(/T0[1-4]:/);
    expect(following(schedule('H H(1-4) * * *', { jobId: `job-${job}` }), MONDAY, 1)).toEqual([first]);
    minutes.add(first!);
  }
  expect(minutes.size).toBeGreaterThan(35);
});

test('H/n starts somewhere below n and goes on by n; H of the day field stays below 29', () => {
  const stepped = schedule('H/15 * * * *', { jobId: 'a' }).many(0, 4);
  expect(stepped[0]! / 60_000).toBeLessThan(15);
  expect(stepped.map((at) => (at - stepped[0]!) / 60_000)).toEqual([0, 15, 30, 45]);
  for (let job = 0; job < 60; job += 1) {
    const [first] = schedule('0 0 H * *', { jobId: `job-${job}` }).many(Date.UTC(2026, 0, 1) - 1, 1);
    expect(new Date(first!).getUTCDate()).toBeLessThan(29);
  }
});

test('H gives numbers that never change, since rows depend on them', () => {
  expect(following(schedule('H H * * *', { jobId: 'backup' }), MONDAY, 1)).toMatchInlineSnapshot(`
    [
      "2026-06-01T14:23Z",
    ]
  `);
});

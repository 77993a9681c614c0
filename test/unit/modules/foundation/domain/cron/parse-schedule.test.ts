import { expect, test } from 'vitest';
import { CarillonError } from '../../../../../../src/modules/foundation/domain/errors.ts';
import { type DstGap, parseSchedule, ScheduleError } from '../../../../../../src/modules/foundation/domain/schedule.ts';
import { following, iso, refusal, schedule } from './occurrences.ts';

const AFTER = '2026-03-08T05:00Z';
const NEW_YORK = { timezone: 'America/New_York' };

test('parseSchedule() keeps its source', () => {
  const source = { text: '0 9 * * *', dialect: 'unix', timezone: 'UTC', jobId: 'a', anchorAt: 5 } as const;
  expect(parseSchedule(source).source).toBe(source);
});

test('parseSchedule() defaults to shift and first', () => {
  expect(following(schedule('30 2 * * *', NEW_YORK), AFTER, 1)).toEqual(['2026-03-08T07:30Z moved']);
  expect(schedule('30 1 * * *', NEW_YORK).count(Date.parse('2026-11-01T04:00Z'), Date.parse('2026-11-01T12:00Z'))).toBe(
    1,
  );
});

test('parseSchedule() never mixes up what it shares: zone, rule, dialect and job stay apart', () => {
  const text = '30 2 * * 1';
  const first = (options: Parameters<typeof schedule>[1]): string =>
    iso(schedule(text, options).next(Date.parse(AFTER))!);
  for (let round = 0; round < 2; round += 1) {
    expect(first({ timezone: 'UTC' })).toBe('2026-03-09T02:30Z');
    expect(first(NEW_YORK)).toBe('2026-03-09T06:30Z');
    expect(first({ dialect: 'apscheduler' })).toBe('2026-03-10T02:30Z');
    expect(first({ timezone: 'Asia/Tokyo' })).toBe('2026-03-08T17:30Z');
  }
  const gaps = (['shift', 'gapEnd', 'skip'] as const).map((dstGap) =>
    iso(schedule('30 2 * * *', { ...NEW_YORK, dstGap }).next(Date.parse(AFTER))!),
  );
  expect(gaps).toEqual(['2026-03-08T07:30Z', '2026-03-08T07:00Z', '2026-03-09T06:30Z']);
  const jobs = ['a', 'b', 'c', 'd', 'e'].map((jobId) => schedule('H H H * *', { jobId }).next(0));
  expect(new Set(jobs).size).toBe(5);
});

test('parseSchedule() refuses a rule that it does not know', () => {
  expect(refusal('0 9 * * *', { dstGap: 'forward' as DstGap })).toMatchObject({
    code: 'SCHEDULE_INVALID',
    message: expect.stringContaining("and not 'forward'"),
  });
});

test('parseSchedule() keeps a hundred thousand schedules of few texts small', () => {
  const before = process.memoryUsage().heapUsed;
  const texts = ['*/5 * * * *', '0 9 * * 1-5', '30 2 * * *'];
  const kept = Array.from({ length: 100_000 }, (_, n) => schedule(texts[n % 3]!, NEW_YORK));
  const bytes = process.memoryUsage().heapUsed - before;
  expect(kept).toHaveLength(100_000);
  // Some 100 bytes each and their sources; nothing here forces a collection, so there is room for litter.
  expect(bytes / kept.length).toBeLessThan(1500);
});

test('ScheduleError is one of ours, with code, position, hint and cause', () => {
  const error = refusal('0 25 * * *');
  expect(error).toBeInstanceOf(ScheduleError);
  expect(error).toBeInstanceOf(CarillonError);
  expect(error).toMatchObject({ name: 'ScheduleError', position: 2 });
  expect(refusal('0 9 * * *', { timezone: 'Nowhere' })).toMatchObject({ cause: expect.any(RangeError) });
});

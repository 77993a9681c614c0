/** Where due occurrences are looked for now and then, a schedule that is finer than that is told so. */
import { expect, it } from 'vitest';
import { sweepWarnings } from '../../../../../src/modules/foundation/application/job-warnings.ts';
import { previewSchedule } from '../../../../../src/modules/foundation/application/schedule-preview.ts';

const every = (ms: number): Date[] => [0, 1, 2].map((at) => new Date(at * ms));

it('sweepWarnings() names both intervals, and says nothing of a schedule that is coarse enough', () => {
  expect(sweepWarnings(every(1_000), 60_000)).toEqual([expect.stringMatching(/1000 ms apart.*every 60000 ms/)]);
  expect(sweepWarnings(every(60_000), 60_000)).toEqual([]);
  expect(sweepWarnings(every(1_000))).toEqual([]);
  expect(sweepWarnings(every(1_000).slice(0, 1), 60_000)).toEqual([]);
});

it('previewSchedule() warns before any job has the schedule', () => {
  const describe = () => ({ description: '', descriptionZh: '' });
  const setting = { nowMs: 0, timezone: 'UTC', createdAt: null, describe };
  const request = { cronExpression: '*/10 * * * * *', dialect: 'unix' } as const;
  expect(previewSchedule(request, setting).warnings).toEqual([]);
  expect(previewSchedule(request, { ...setting, sweepIntervalMs: 60_000 }).warnings).toHaveLength(1);
});

import { describe, expect, test } from 'vitest';
import type { DatedEvent, EventType } from '../../../../../src/modules/foundation/domain/event.ts';
import { jobThen } from '../../../../../src/modules/foundation/domain/job-then.ts';
import type { JsonObject } from '../../../../../src/modules/foundation/domain/json.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const hour = (at: number): Date => new Date(Date.UTC(2026, 0, 2, at));
const event = (type: EventType, at: number, detail: JsonObject = {}): DatedEvent => ({
  ...{ type, jobId: 'a', at: hour(at), detail },
});
const spec = (cronExpression: string): JsonObject => ({ jobId: 'a', cronExpression, timezone: 'UTC', enabled: true });
const current = jobConfig('a', { cronExpression: 'now', createdAt: hour(1), updatedAt: hour(8) });
const cronAt = (audit: DatedEvent[], at: number): string => {
  const then = jobThen(audit, current, hour(at).getTime());
  return then.kind === 'there' ? then.config.cronExpression : then.kind;
};

describe('jobThen()', () => {
  const edits = [
    event('job.created', 1, { before: null, after: spec('first') }),
    event('job.updated', 3, { before: spec('first'), after: spec('second') }),
    event('job.deleted', 5, { before: spec('second') }),
    event('job.created', 7, { before: null, after: spec('third') }),
  ];

  test('is what the last edit before it left', () => {
    expect([1, 2, 3, 4, 7, 9].map((at) => cronAt(edits, at))).toEqual([
      ...['first', 'first', 'second', 'second', 'third', 'now'],
    ]);
  });

  test('is the row since it was last changed, by SQL too, which leaves no event', () => {
    expect([7, 8, 9].map((at) => cronAt(edits, at))).toEqual(['third', 'now', 'now']);
  });

  test('is absent before its creation, and after its deletion', () => {
    expect(jobThen(edits, current, hour(0).getTime())).toEqual({ kind: 'absent', wasDeleted: false, nextAt: hour(1) });
    expect(jobThen(edits, current, hour(6).getTime())).toEqual({ kind: 'absent', wasDeleted: true, nextAt: hour(7) });
    expect(jobThen([], current, hour(0).getTime())).toMatchObject({ kind: 'absent', nextAt: hour(1) });
    expect(jobThen([], null, hour(0).getTime())).toMatchObject({ kind: 'absent' });
  });

  test('is what the first edit after it found, where what was before is pruned', () => {
    expect(cronAt(edits.slice(1), 2)).toBe('first');
    expect(cronAt(edits.slice(2, 3), 4)).toBe('second');
  });

  test('is the row itself, where no edit is told', () => {
    expect(cronAt([], 4)).toBe('now');
  });

  test('reads instants, and anchors at the creation', () => {
    const after = { ...spec('first'), endAt: '2026-01-02T04:00:00+00:00' };
    const then = jobThen([event('job.created', 1, { before: null, after })], null, hour(2).getTime());
    expect(then).toMatchObject({ config: { endAt: hour(4), startAt: null, createdAt: hour(1) } });
  });

  test('knows the pauses', () => {
    const pausedAt = (audit: DatedEvent[], at: number, row = current): boolean => {
      const then = jobThen(audit, row, hour(at).getTime());
      return then.kind === 'there' && then.isPaused;
    };
    const pauses = [event('job.paused', 2, { until: null }), event('job.resumed', 4)];
    expect([1, 2, 3, 4].map((at) => pausedAt(pauses, at))).toEqual([false, true, true, false]);
    const until = [event('job.paused', 2, { until: hour(3).toISOString() })];
    expect([2, 3].map((at) => pausedAt(until, at))).toEqual([true, false]);
    const bySql = jobConfig('a', { createdAt: hour(1), pausedAt: hour(2), pausedUntil: null });
    expect([1, 2].map((at) => pausedAt([], at, bySql))).toEqual([false, true]);
  });
});

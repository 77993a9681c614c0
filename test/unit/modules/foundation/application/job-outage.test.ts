import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JobOutage, type WaitingOccurrence } from '../../../../../src/modules/foundation/application/job-outage.ts';
import type { DueFire } from '../../../../../src/modules/foundation/application/ports/fire-claims.ts';
import type { JobConfig, OverlapPolicy } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const NOON = Date.parse('2026-01-02T12:00:00Z');
const MINUTE = 60_000;

function fireAt(minute: number, edit: Partial<JobConfig> = {}): DueFire {
  const dueAt = new Date(NOON + minute * MINUTE);
  return { config: jobConfig('a', edit), dueAt, nextFireAt: null, run: null, event: null, whenOverlapping: 'skip' };
}

const outageOf = (overlapPolicy: OverlapPolicy) => new JobOutage(fireAt(0, { overlapPolicy }), 'outage-1');

function occurrence(minute: number): WaitingOccurrence {
  return { id: `run-${minute}`, scheduledAt: new Date(NOON + minute * MINUTE), trigger: 'schedule' };
}

const idsOf = ({ waiting }: JobOutage) => waiting.map(({ id }) => id);

describe('JobOutage.isAheadOf()', () => {
  it('holds of an older cursor of the same revision, and of every one where the schedule has come to its end', () => {
    const outage = new JobOutage(fireAt(0), 'outage-1');
    expect(outage.isAheadOf(fireAt(0))).toBe(false);
    outage.moveOn({ ...fireAt(0), nextFireAt: new Date(NOON + 5 * MINUTE) });
    expect([4, 5, 6].map((minute) => outage.isAheadOf(fireAt(minute)))).toEqual([true, false, false]);
    outage.moveOn({ ...fireAt(5), nextFireAt: null });
    expect([4, 500].map((minute) => outage.isAheadOf(fireAt(minute)))).toEqual([true, true]);
  });

  it('does not hold of a row that was edited since: its cursor is another', () => {
    const outage = new JobOutage(fireAt(0), 'outage-1');
    for (const nextFireAt of [new Date(NOON + 5 * MINUTE), null]) {
      outage.moveOn({ ...fireAt(0), nextFireAt });
      expect(outage.isAheadOf(fireAt(4, { revision: 2 }))).toBe(false);
    }
  });
});

describe('JobOutage.moveOn()', () => {
  const minutesOf = ({ firstDueAt, nextFireAt }: JobOutage) =>
    [+firstDueAt - NOON, +nextFireAt! - NOON].map((ms) => ms / MINUTE);
  const moved = (minute: number) => ({ ...fireAt(minute), nextFireAt: new Date(NOON + (minute + 1) * MINUTE) });

  it('begins anew where occurrences were left to others since, and only there', () => {
    const outage = new JobOutage(fireAt(0), 'outage-1');
    for (const minute of [0, 1]) outage.moveOn(moved(minute));
    expect(minutesOf(outage)).toEqual([0, 2]);
    outage.moveOn(moved(5));
    expect(minutesOf(outage)).toEqual([5, 6]);
    outage.moveOn(moved(6));
    expect(minutesOf(outage)).toEqual([5, 7]);
  });

  it('begins anew where the schedule had come to its end, and was edited', () => {
    const outage = new JobOutage(fireAt(0), 'outage-1');
    outage.moveOn({ ...fireAt(0), nextFireAt: null });
    outage.moveOn(moved(5));
    expect(minutesOf(outage)).toEqual([5, 6]);
  });
});

describe('JobOutage.queue()', () => {
  it('queueOne lets one wait behind a run, and as many as come where none goes on any more', () => {
    const outage = outageOf('queueOne');
    for (const minute of [1, 2, 3]) outage.queue(occurrence(minute), true);
    expect(idsOf(outage)).toEqual(['run-1']);
    outage.queue(occurrence(4), false);
    expect(idsOf(outage)).toEqual(['run-1', 'run-4']);
    expect(outage.events).toMatchObject([{ detail: { cause: 'overlap', count: 2 } }]);
  });

  it('queueAll lets a thousand wait in memory, and counts those beyond', () => {
    const outage = outageOf('queueAll');
    for (let minute = 1; minute <= 1_250; minute += 1) expect(outage.queue(occurrence(minute), true)).toBe(false);
    expect([outage.waiting.length, outage.waiting[0]!.id, outage.waiting.at(-1)!.id]).toEqual([
      1_000,
      'run-1',
      'run-1000',
    ]);
    expect(outage.events).toMatchObject([
      {
        type: 'occurrence.skipped',
        scheduledAt: occurrence(1_001).scheduledAt,
        detail: { count: 250, to: occurrence(1_250).scheduledAt.toISOString(), outage: true },
      },
    ]);
  });

  it('cancelPrevious stops the run before, and the newest takes the place of all that wait', () => {
    const outage = outageOf('cancelPrevious');
    for (const minute of [1, 2, 3]) expect(outage.queue(occurrence(minute), true)).toBe(true);
    expect(idsOf(outage)).toEqual(['run-3']);
    expect(outage.events).toMatchObject([
      { reason: expect.stringContaining('a later occurrence took its place'), detail: { count: 2 } },
    ]);
  });

  it('cancelPrevious leaves those alone that the database may know of: they are its own to judge', () => {
    const outage = outageOf('cancelPrevious');
    outage.queue(occurrence(1), true);
    outage.handOver();
    for (const minute of [2, 3]) outage.queue(occurrence(minute), true);
    expect(idsOf(outage)).toEqual(['run-1', 'run-3']);
    expect(outage.events).toMatchObject([{ scheduledAt: occurrence(2).scheduledAt, detail: { count: 1 } }]);
  });
});

describe('JobOutage.takeWaiting()', () => {
  it('gives the oldest first, and nothing once the database was told: they may have started elsewhere', () => {
    const outage = outageOf('queueAll');
    for (const minute of [1, 2, 3]) outage.queue(occurrence(minute), true);
    expect(outage.takeWaiting()?.id).toBe('run-1');
    outage.handOver();
    outage.queue(occurrence(4), true);
    expect([outage.takeWaiting(), idsOf(outage)]).toEqual([undefined, ['run-2', 'run-3', 'run-4']]);
  });

  it('of a telling in which nothing waited nothing was handed over', () => {
    const outage = outageOf('queueAll');
    outage.handOver();
    outage.queue(occurrence(1), true);
    expect(outage.takeWaiting()?.id).toBe('run-1');
    expect(outage.takeWaiting()).toBeUndefined();
  });
});

describe('JobOutage.events', () => {
  it('what was left out is one event a reason, that spans the first and the last, whatever order they came in', () => {
    const outage = outageOf('skip');
    const missed = (fromMinute: number, toMinute: number, count: number) =>
      outage.tell({
        ...{
          type: 'occurrence.misfired',
          jobId: 'a',
          reason: 'too late',
          scheduledAt: occurrence(fromMinute).scheduledAt,
        },
        detail: { count, to: occurrence(toMinute).scheduledAt.toISOString(), cause: 'grace' },
      });
    missed(5, 9, 5);
    missed(1, 3, 3);
    outage.skip(occurrence(7).scheduledAt, 'overlap: busy');
    const [first, second, ...more] = outage.events;
    expect(first).toMatchObject({
      scheduledAt: occurrence(1).scheduledAt,
      detail: { cause: 'grace', count: 8, to: occurrence(9).scheduledAt.toISOString() },
    });
    expect([second!.detail!['count'], second!.detail!['cause'], more]).toEqual([1, 'overlap', []]);
    expect(new Set([first!.key, second!.key]).size).toBe(2);
  });

  it('keep their keys when they are told again, and have others in another outage', () => {
    const [one, other] = [outageOf('skip'), new JobOutage(fireAt(0), 'outage-2')];
    one.skip(occurrence(1).scheduledAt, 'overlap: busy');
    const [told] = one.events;
    for (const outage of [one, other]) outage.skip(occurrence(2).scheduledAt, 'overlap: busy');
    expect(one.events.map(({ key }) => key)).toEqual([told!.key]);
    expect(other.events[0]!.key).not.toBe(told!.key);
  });
});

type Deed = { readonly kind: 'queue' | 'take' | 'handOver'; readonly isBusy: boolean };
const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('queue', 'queue', 'queue', 'take', 'handOver'),
  isBusy: fc.boolean(),
});

it('JobOutage loses no occurrence: each is started, waits, or is counted, and those that start do so in order', () => {
  const policies = fc.constantFrom<OverlapPolicy>('queueOne', 'queueAll', 'cancelPrevious');
  fc.assert(
    fc.property(policies, fc.array(deed, { maxLength: 60 }), (overlapPolicy, deeds) => {
      const outage = outageOf(overlapPolicy);
      const started: string[] = [];
      let queued = 0;
      for (const { kind, isBusy } of deeds) {
        if (kind === 'handOver') outage.handOver();
        else if (kind === 'queue') outage.queue(occurrence((queued += 1)), isBusy);
        else started.push(...[outage.takeWaiting()].flatMap((taken) => taken?.id ?? []));
      }
      const left = outage.events.reduce((sum, { detail }) => sum + Number(detail!['count']), 0);
      expect(started.length + outage.waiting.length + left).toBe(queued);
      const order = [...started, ...idsOf(outage)].map((id) => Number(id.slice(4)));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
  );
});

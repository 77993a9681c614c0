import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FireQueue } from '../../../../../src/modules/foundation/application/fire-queue.ts';

function queueOf(entries: Record<string, number>): FireQueue {
  const queue = new FireQueue();
  for (const [jobId, at] of Object.entries(entries)) queue.set(jobId, at);
  return queue;
}

describe('FireQueue', () => {
  it('peek() is the earliest instant, or null', () => {
    expect(new FireQueue().peek()).toBeNull();
    expect(queueOf({ a: 30, b: 10, c: 20 }).peek()).toBe(10);
  });

  it('takeDue() takes what is due, earliest first, and no more than the limit', () => {
    const queue = queueOf({ a: 30, b: 10, c: 20, d: 31 });
    expect(queue.takeDue(30, 2)).toEqual(['b', 'c']);
    expect(queue.takeDue(30, 0)).toEqual([]);
    expect(queue.takeDue(30, 10)).toEqual(['a']);
    expect(queue.takeDue(30, 10)).toEqual([]);
    expect(queue.size).toBe(1);
  });

  it('set() replaces the entry, earlier or later', () => {
    const queue = queueOf({ a: 30 });
    queue.set('a', 10);
    expect(queue.peek()).toBe(10);
    queue.set('a', 50);
    expect(queue.peek()).toBe(50);
    expect(queue.takeDue(100, 10)).toEqual(['a']);
  });

  it('delete() hides the entry, and set() after it is a new one', () => {
    const queue = queueOf({ a: 10, b: 20 });
    queue.delete('a');
    queue.delete('unknown');
    expect(queue.peek()).toBe(20);
    expect(queue.size).toBe(1);
    queue.set('a', 30);
    expect(queue.takeDue(100, 10)).toEqual(['b', 'a']);
  });

  it('clear() forgets all', () => {
    const queue = queueOf({ a: 10, b: 20 });
    queue.clear();
    expect([queue.peek(), queue.size, queue.takeDue(100, 10)]).toEqual([null, 0, []]);
  });

  it('a job set a thousand times is due once', () => {
    const queue = queueOf({ other: 5_000 });
    for (let at = 0; at < 1_000; at += 1) queue.set('a', 1_000 - at);
    expect(queue.size).toBe(2);
    expect(queue.takeDue(10_000, 10)).toEqual(['a', 'other']);
  });

  it('behaves like a sorted map, whatever is done to it', () => {
    const jobId = fc.constantFrom(...'a b c d e f g h i j k l m n o p'.split(' '));
    const command = fc.oneof(
      fc.record({ kind: fc.constant('set'), jobId, at: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ kind: fc.constant('delete'), jobId }),
      fc.record({ kind: fc.constant('take'), now: fc.integer({ min: 0, max: 50 }), limit: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
        const queue = new FireQueue();
        const model = new Map<string, number>();
        for (const one of commands) {
          if ('at' in one) {
            queue.set(one.jobId, one.at);
            model.set(one.jobId, one.at);
          } else if ('jobId' in one) {
            queue.delete(one.jobId);
            model.delete(one.jobId);
          } else {
            const expected = [...model].filter(([, at]) => at <= one.now).toSorted((a, b) => a[1] - b[1]);
            const taken = queue.takeDue(one.now, one.limit);
            expect(taken.map((id) => model.get(id))).toEqual(expected.slice(0, one.limit).map(([, at]) => at));
            expect(new Set(taken).size).toBe(taken.length);
            for (const id of taken) model.delete(id);
          }
          expect(queue.size).toBe(model.size);
          expect(queue.peek()).toBe(model.size === 0 ? null : Math.min(...model.values()));
        }
      }),
    );
  });
});

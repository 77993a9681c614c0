import { describe, expect, it } from 'vitest';
import type { HeldRun } from '../../../../../src/modules/foundation/application/confirm-due.ts';
import { WaitingRuns } from '../../../../../src/modules/foundation/application/waiting-runs.ts';

const dueAt = (at: number): HeldRun => ({ run: { scheduledAt: new Date(at) } }) as HeldRun;

describe('WaitingRuns.earliestAt', () => {
  it('follows what is put in, taken out, replaced and cleared', () => {
    const held = new WaitingRuns();
    expect(held.earliestAt).toBe(Number.POSITIVE_INFINITY);
    held.set('a', dueAt(20));
    held.set('b', dueAt(10));
    expect(held.earliestAt).toBe(10);
    held.delete('b');
    expect(held.earliestAt).toBe(20);
    held.set('a', dueAt(30));
    expect(held.earliestAt).toBe(30);
    held.set('c', dueAt(5));
    expect(held.earliestAt).toBe(5);
    held.clear();
    expect([held.size, held.earliestAt]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

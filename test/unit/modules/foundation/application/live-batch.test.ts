import { describe, expect, test } from 'vitest';
import { LiveBatch } from '../../../../../src/modules/foundation/application/live-batch.ts';
import type { LiveDraft } from '../../../../../src/modules/foundation/application/live-draft.ts';
import type { JsonObject } from '../../../../../src/modules/foundation/domain/json.ts';
import type { LiveEventType } from '../../../../../src/modules/foundation/domain/live-event.ts';

const AT = '2026-01-02T12:00:00.000Z';

function draft(type: LiveEventType, number: number, data: JsonObject = {}): LiveDraft {
  return { type, at: AT, jobId: 'a', executionId: `run-${number}`, data };
}

describe('LiveBatch', () => {
  test('tells a few runs one by one, in their order', () => {
    const batch = new LiveBatch();
    expect(batch.isEmpty).toBe(true);
    const drafts = [draft('run.started', 1), draft('run.log', 1), draft('run.finished', 1, { status: 'SUCCESS' })];
    for (const one of drafts) batch.add(one);
    expect([batch.isEmpty, batch.take(AT)]).toEqual([false, drafts]);
    expect([batch.isEmpty, batch.take(AT)]).toEqual([true, []]);
  });

  test('tells of a herd how many there were, and nothing of each', () => {
    const batch = new LiveBatch();
    for (let number = 0; number < 5_000; number += 1) {
      batch.add(draft('run.started', number));
      batch.add(draft('run.finished', number, { status: number % 10 === 0 ? 'FAILED' : 'SUCCESS' }));
    }
    batch.add(draft('run.progress', 1, { fraction: 1 }));
    expect(batch.take(AT)).toEqual([
      draft('run.progress', 1, { fraction: 1 }),
      {
        ...{ type: 'runs.changed', at: AT, jobId: null, executionId: null },
        data: { started: 5_000, succeeded: 4_500, failed: 500, unsaid: 0 },
      },
    ]);
  });

  test('of the progress of a run only the newest is told', () => {
    const batch = new LiveBatch();
    for (let step = 0; step <= 50; step += 1) batch.add(draft('run.progress', step % 2, { fraction: step / 50 }));
    expect(batch.take(AT).map(({ data }) => data)).toEqual([{ fraction: 0.98 }, { fraction: 1 }]);
  });

  test('stays small where runs say very much, and tells how much it left out', () => {
    const batch = new LiveBatch();
    for (let number = 0; number < 1_000; number += 1) batch.add(draft('run.log', number, { lines: 'x'.repeat(1_000) }));
    const taken = batch.take(AT);
    expect(JSON.stringify(taken).length).toBeLessThan(40_000);
    expect(taken.at(-1)).toMatchObject({ type: 'runs.changed', data: { started: 0, unsaid: 1_001 - taken.length } });
  });
});

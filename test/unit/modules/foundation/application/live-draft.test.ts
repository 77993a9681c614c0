import { describe, expect, test } from 'vitest';
import { draftLiveEvents } from '../../../../../src/modules/foundation/application/live-draft.ts';
import { MAX_LIVE_EVENT_BYTES, readLiveEvent } from '../../../../../src/modules/foundation/domain/live-event.ts';
import type { RunLogLine } from '../../../../../src/modules/foundation/domain/run-output.ts';

const AT = '2026-01-02T12:00:00.000Z';
const of = { jobId: 'a', executionId: 'run-1' };

const lineOf = (line: number, message: string): RunLogLine => ({
  ...{ line, at: new Date(AT), level: 'info', message, properties: { n: line } },
});

describe('draftLiveEvents()', () => {
  test('tells starts and ends with what is known of them', () => {
    const detail = { status: 'FAILED', failureReason: 'ERROR', durationMs: 5 };
    const event = { type: 'run.finished', ...of, scheduledAt: new Date(AT), reason: 'it broke', detail } as const;
    expect(draftLiveEvents(event, AT)).toEqual([
      { type: 'run.finished', at: AT, ...of, data: { scheduledAt: AT, reason: 'it broke', ...detail } },
    ]);
  });

  test('a run that was lost has finished', () => {
    const [lost] = draftLiveEvents({ type: 'run.lost', ...of, reason: 'gone' }, AT);
    expect(lost).toMatchObject({ type: 'run.finished', data: { status: 'FAILED', failureReason: 'LOST' } });
  });

  test('what is not watched is left out', () => {
    expect(draftLiveEvents({ type: 'occurrence.skipped', jobId: 'a' }, AT)).toEqual([]);
  });

  test('tells progress and lines apart, and where lines are missing', () => {
    const progress = { fraction: 0.5, message: 'half' };
    const lines = [lineOf(1, 'one'), lineOf(2, 'two')];
    const drafts = draftLiveEvents({ type: 'run.output', ...of, progress, lines }, AT);
    expect(drafts).toMatchObject([
      { type: 'run.progress', data: progress },
      {
        type: 'run.log',
        data: { lastLine: 2, isWhole: true, lines: [{ line: 1, at: AT, message: 'one' }, { line: 2 }] },
      },
    ]);
    const many = Array.from({ length: 1_000 }, (_, at) => lineOf(at + 1, '语'.repeat(300)));
    const [log] = draftLiveEvents({ type: 'run.output', ...of, progress: null, lines: many }, AT);
    expect(log!.data).toMatchObject({ lastLine: 1_000, isWhole: false });
  });

  test('every event fits into a notification', () => {
    const reason = '语'.repeat(100_000);
    const lines = [lineOf(1, 'x'.repeat(4_000)), lineOf(2, '"\n'.repeat(2_000))];
    const progress = { fraction: 1, message: '\u0001'.repeat(1_000) };
    const drafts = [
      ...draftLiveEvents({ type: 'run.finished', jobId: 'j'.repeat(255), executionId: 'run-1', reason }, AT),
      ...draftLiveEvents({ type: 'run.output', ...of, progress, lines }, AT),
    ];
    expect(drafts).toHaveLength(3);
    for (const draft of drafts) {
      const bytes = new TextEncoder().encode(JSON.stringify({ id: 'x'.repeat(64), ...draft })).length;
      expect(bytes).toBeLessThan(MAX_LIVE_EVENT_BYTES);
    }
  });
});

describe('readLiveEvent()', () => {
  const event = { id: 'a-1', type: 'run.log', at: AT, jobId: 'a', executionId: null, data: {} };

  test('takes what a replica tells', () => expect(readLiveEvent(event)).toEqual(event));

  test.each([
    ['no object', 3],
    ['null', null],
    ['a type of its own', { ...event, type: 'run.exploded' }],
    ['an id with a line break', { ...event, id: 'a\n\ndata: x' }],
    ['no id', { ...event, id: undefined }],
    ['data that is a list', { ...event, data: [] }],
    ['a job that is a number', { ...event, jobId: 3 }],
  ])('leaves alone %s', (_title, value) => expect(readLiveEvent(value)).toBeNull());
});

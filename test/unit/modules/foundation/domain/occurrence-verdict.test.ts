import { describe, expect, test } from 'vitest';
import type { DatedEvent } from '../../../../../src/modules/foundation/domain/event.ts';
import {
  judgeOccurrence,
  type OccurrenceFacts,
  type Verdict,
  VERDICTS,
} from '../../../../../src/modules/foundation/domain/occurrence-verdict.ts';
import { sayVerdict } from '../../../../../src/modules/foundation/domain/words/verdict-words.ts';
import { execution } from '../../../../support/in-memory-executions.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const AT = Date.UTC(2026, 0, 2, 9);
const HOUR = 3_600_000;
const daily = jobConfig('a', { cronExpression: '0 9 * * *' });
const there = (over: object = {}, isPaused = false): OccurrenceFacts['past'] => ({
  kind: 'there',
  config: { ...daily, ...over },
  isPaused,
});
/** It was due, the cursor has gone on, and nothing is recorded. */
const BARE: OccurrenceFacts = {
  atMs: AT,
  nowMs: AT + HOUR,
  past: there(),
  current: daily,
  executions: [],
  pending: null,
  events: [],
  nextFireAt: new Date(AT + 24 * HOUR),
  oldestKeptAt: null,
  isRegistered: true,
};
const skipped = (cause: string | null, over: Partial<DatedEvent> = {}): DatedEvent => ({
  ...{ type: 'occurrence.skipped', jobId: 'a', at: new Date(AT + 1), scheduledAt: new Date(AT), reason: 'because' },
  ...(cause === null ? {} : { detail: { cause } }),
  ...over,
});
const ran = (over: object) => [execution(1, { scheduledAt: new Date(AT), ...over })];

const CASES: readonly (readonly [Verdict, string, Partial<OccurrenceFacts>])[] = [
  ['ran', 'a success', { executions: ran({}) }],
  ['ran', 'a success at last', { executions: [...ran({ status: 'FAILED' }), ...ran({ attempt: 2 })] }],
  [
    'failed',
    'a failure',
    { executions: ran({ status: 'FAILED', failureReason: 'TIMEOUT', errorMessage: 'too long' }) },
  ],
  ['running', 'a run', { executions: ran({ status: 'RUNNING' }) }],
  ['waiting', 'a run that waits', { pending: { trigger: 'schedule', reason: 'overlap', attempt: 1 } }],
  ['waiting', 'a cursor that stands there', { nextFireAt: new Date(AT) }],
  [
    'waiting',
    'a cursor that was just unarmed',
    { nextFireAt: null, nowMs: AT + 1_000, current: { ...daily, updatedAt: new Date(AT + 1) } },
  ],
  ['misfired', 'an event', { events: [skipped(null, { type: 'occurrence.misfired' })] }],
  ['skippedOverlap', 'an event', { events: [skipped('overlap')] }],
  ['paused', 'an event', { events: [skipped('paused')] }],
  ['paused', 'the audit trail', { past: there({}, true) }],
  ['disabled', 'an event', { events: [skipped('disabled')] }],
  ['disabled', 'the configuration of then', { past: there({ enabled: false }) }],
  ['edited', 'an event', { events: [skipped('edited')] }],
  ['edited', 'a schedule that was another one', { past: there({ cronExpression: '0 8 * * *' }) }],
  ['deleted', 'an event', { events: [skipped('deleted')] }],
  ['deleted', 'the audit trail', { past: { kind: 'absent', wasDeleted: true, nextAt: null } }],
  ['held', 'an event', { events: [skipped('outage')] }],
  ['unresolved', 'an event', { events: [skipped('unresolved')] }],
  ['unresolved', 'an event of while it was', { events: [skipped('unresolved', { type: 'job.unresolved' })] }],
  ['unresolved', 'a function that is not here', { nextFireAt: new Date(AT), isRegistered: false }],
  ['unresolved', 'a cursor that nobody arms', { nextFireAt: null, isRegistered: false }],
  ['invalid', 'the row of then', { past: there({ cronExpression: 'nonsense' }) }],
  ['expired', "the job's end", { past: there({ endAt: new Date(AT - 1) }) }],
  ['notScheduled', 'another instant', { atMs: AT + 1 }],
  [
    'notScheduled',
    'before its start',
    { past: there({ startAt: new Date(AT + 1) }), current: { ...daily, startAt: new Date(AT + 1) } },
  ],
  ['notYet', 'the future', { nowMs: AT - 1 }],
  ['beforeCreation', 'the audit trail', { past: { kind: 'absent', wasDeleted: false, nextAt: new Date(AT + 1) } }],
  ['unknown', 'nothing', {}],
];

describe('judgeOccurrence()', () => {
  test.each(CASES)('%s, from %s', (verdict, _from, facts) => {
    expect(judgeOccurrence({ ...BARE, ...facts }).verdict).toBe(verdict);
  });

  test('every verdict has a case', () => {
    expect(new Set(CASES.map(([verdict]) => verdict))).toEqual(new Set(VERDICTS));
  });

  test('an interval explains the occurrences in it, and no other instant', () => {
    const events = [skipped('paused', { scheduledAt: new Date(AT - HOUR) })];
    expect(judgeOccurrence({ ...BARE, events })).toMatchObject({
      verdict: 'paused',
      isOccurrence: true,
      event: events[0],
    });
    expect(judgeOccurrence({ ...BARE, events, atMs: AT - 1 })).toMatchObject({
      verdict: 'notScheduled',
      isOccurrence: false,
    });
  });

  test.each([
    ['invalid', { cronExpression: 'nonsense' }],
    ['expired', { endAt: new Date(AT - 1) }],
  ] as const)('%s is told by its event while the configuration says so too, and not afterwards', (word, edit) => {
    const events = [skipped(word, { type: `job.${word}`, scheduledAt: new Date(AT - HOUR) })];
    expect(judgeOccurrence({ ...BARE, events, past: there(edit) })).toMatchObject({ verdict: word, event: events[0] });
    expect(judgeOccurrence({ ...BARE, events })).toMatchObject({ verdict: 'unknown', event: null });
  });

  test('what ran is not explained away', () => {
    expect(judgeOccurrence({ ...BARE, executions: ran({}), events: [skipped('edited')] }).verdict).toBe('ran');
  });
});

describe('sayVerdict()', () => {
  const say = (facts: Partial<OccurrenceFacts>, note: 'moved' | 'firstPass' | null = null) => {
    const all = { ...BARE, ...facts };
    return sayVerdict(all, judgeOccurrence(all), { timezone: 'Asia/Shanghai', note });
  };

  test.each(CASES)('%s, from %s, in both languages, on the clock of the zone', (_verdict, _from, facts) => {
    const { sentence, sentenceZh } = say(facts);
    expect(sentence).toMatch(/^2026-01-02 17:00\S* \(Asia\/Shanghai\): [^{}]+$/);
    expect(sentenceZh).toMatch(/^2026-01-02 17:00\S* \(Asia\/Shanghai\)：[^{}]*[\u4e00-\u9fff][^{}]*$/);
    expect(sentence + sentenceZh).not.toMatch(/undefined|null/);
  });

  test('quotes what was told, and what failed', () => {
    expect(say({ events: [skipped('overlap')] }).sentence).toContain('it was skipped: because.');
    const executions = ran({ status: 'FAILED', failureReason: 'TIMEOUT', errorMessage: 'too long', maxAttempts: 3 });
    expect(say({ executions }).sentence).toContain('attempt 1 of 3 failed, reason TIMEOUT: too long');
  });

  test('says in Chinese what the engine wrote, and quotes what somebody wrote', () => {
    const reason = 'overlap: the run before it was still running';
    expect(say({ events: [skipped('overlap', { reason })] }).sentenceZh).toContain('：被跳过：上一次执行尚未结束。');
    const pending = { trigger: 'retry', reason: 'attempt 1 failed: ERROR', attempt: 2 } as const;
    expect(say({ pending }).sentenceZh).toContain('（第 1 次尝试失败：ERROR）。');
    const errorMessage = 'The run did not end within its timeout of 50 ms.';
    const executions = ran({ status: 'FAILED', failureReason: 'TIMEOUT', errorMessage });
    expect(say({ executions }).sentenceZh).toContain('原因 TIMEOUT：执行未在 50 毫秒的超时时间内结束。');
    expect(say({ events: [skipped('overlap')] }).sentenceZh).toContain('：被跳过：because。');
  });

  test('does not say a reason twice that is the verdict itself', () => {
    const { sentence, sentenceZh } = say({ events: [skipped('paused', { reason: 'paused' })] });
    expect(sentence).toMatch(/: it did not run, the job was paused[.]$/);
    expect(sentenceZh).toMatch(/：未执行，任务处于暂停状态。$/);
  });

  test('masks a secret of an address in what it quotes', () => {
    const errorMessage = 'GET https://api.example.org/?token=s3cret answered 500';
    const { sentence, sentenceZh } = say({ executions: ran({ status: 'FAILED', errorMessage }) });
    expect(sentence + sentenceZh).not.toContain('s3cret');
  });

  test.each([
    [
      'paused',
      { past: there({}, true) },
      /the job is paused, and does not run then[.]$/,
      /任务处于暂停状态，到时不会执行。$/,
    ],
    ['disabled', { past: there({ enabled: false }) }, /the job is disabled, and does not run then/, /到时不会执行/],
    [
      'deleted',
      { past: { kind: 'absent', wasDeleted: true, nextAt: null } },
      /will not run, the job is deleted/,
      /不会执行/,
    ],
    ['invalid', { past: there({ cronExpression: 'nonsense' }) }, /will not run as its row is/, /到时不会执行/],
    ['expired', { past: there({ endAt: new Date(AT - 1) }) }, /will not run, it lies after the job's end/, /不会执行/],
  ] as const)('speaks of what is to come, %s, in no past tense', (verdict, facts, en, zh) => {
    const coming = { ...facts, nowMs: AT - 1 };
    expect(judgeOccurrence({ ...BARE, ...coming }).verdict).toBe(verdict);
    expect(say(coming)).toEqual({ sentence: expect.stringMatching(en), sentenceZh: expect.stringMatching(zh) });
    expect(say(coming).sentence).not.toMatch(/did not run|was /);
  });

  test('tells what was pruned from what was never recorded', () => {
    expect(say({ oldestKeptAt: new Date(AT + 1) }).sentence).toContain('pruned');
    expect(say({ oldestKeptAt: new Date(AT) }).sentence).toContain('nothing is recorded');
  });

  test('says what daylight saving did to the question', () => {
    expect(say({}, 'moved').sentence).toContain('does not exist on that day');
    expect(say({}, 'firstPass').sentence).toContain('comes twice');
  });
});

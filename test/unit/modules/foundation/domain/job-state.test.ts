import { describe, expect, test } from 'vitest';
import {
  type JobFacts,
  JOB_STATES,
  type JobState,
  judgeJobState,
  LATE_AFTER_MS,
} from '../../../../../src/modules/foundation/domain/job-state.ts';

const NOW = Date.UTC(2026, 0, 2, 12);
const WELL: JobFacts = {
  invalidReason: null,
  isEnabled: true,
  isPaused: false,
  pauseReason: null,
  missingHandler: null,
  nextFireAt: new Date(NOW + 60_000),
  hasFailed: false,
  hasRun: true,
};
const AILMENTS: readonly (readonly [JobState, Partial<JobFacts>])[] = [
  ['invalid', { invalidReason: "'61' is no minute" }],
  ['disabled', { isEnabled: false }],
  ['paused', { isPaused: true, pauseReason: 'migration' }],
  ['unresolved', { missingHandler: 'gone' }],
  ['late', { nextFireAt: new Date(NOW - LATE_AFTER_MS - 1) }],
  ['failing', { hasFailed: true }],
  ['neverRan', { hasRun: false }],
];

describe('judgeJobState()', () => {
  test('is active where nothing is wrong and it has run', () => {
    expect(judgeJobState(WELL, NOW)).toEqual({ state: 'active', reason: null });
  });

  test.each(AILMENTS)('is %s where that alone holds', (state, facts) => {
    expect(judgeJobState({ ...WELL, ...facts }, NOW).state).toBe(state);
  });

  test('of several, gives the first in the documented order', () => {
    for (let first = 0; first < AILMENTS.length; first += 1) {
      const facts: JobFacts = Object.assign({}, WELL, ...AILMENTS.slice(first).map(([, some]) => some));
      expect(judgeJobState(facts, NOW).state).toBe(AILMENTS[first]![0]);
    }
  });

  test('has a case for every state', () => {
    expect(['active', ...AILMENTS.map(([state]) => state)].toSorted()).toEqual([...JOB_STATES].toSorted());
  });

  test('is not late at the threshold, and is a millisecond later', () => {
    const at = (ms: number) => judgeJobState({ ...WELL, nextFireAt: new Date(ms) }, NOW).state;
    expect(at(NOW - LATE_AFTER_MS)).toBe('active');
    expect(at(NOW - LATE_AFTER_MS - 1)).toBe('late');
  });

  test('is not late where nothing is armed', () => {
    expect(judgeJobState({ ...WELL, nextFireAt: null }, NOW).state).toBe('active');
  });

  test('says why: the unreadable text, the pause, the missing function, how late', () => {
    const reason = (facts: Partial<JobFacts>) => judgeJobState({ ...WELL, ...facts }, NOW).reason;
    expect(reason({ invalidReason: 'no zone' })).toBe('no zone');
    expect(reason({ isPaused: true, pauseReason: 'migration' })).toBe('migration');
    expect(reason({ missingHandler: 'gone' })).toContain("'gone'");
    expect(reason({ nextFireAt: new Date(NOW - 95_000) })).toContain('95 s');
    expect(reason({ hasFailed: true })).toContain('execution');
  });
});

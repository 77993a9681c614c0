/** What a run must have dealt with follows from its jobs' schedules, and from when they were changed. */
import { describe, expect, it } from 'vitest';
import { configOf, expectedOccurrences } from './expected-occurrences.ts';
import { expectation, T } from './planted-history.ts';

describe('expectedOccurrences()', () => {
  const config = configOf(expectation().spec, new Date(T));
  const edit = { cronExpression: '*/2 * * * * *', askedAtMs: T + 3_600, answeredAtMs: T + 3_700 };

  it('expects every occurrence in the window, both ends included', () => {
    const expected = expectedOccurrences(config, { fromMs: T, toMs: T + 3_000 }, []);
    expect(expected.map((occurrence) => occurrence - T)).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it('expects the old schedule up to its edit, and the new one from its answer on', () => {
    const expected = expectedOccurrences(config, { fromMs: T, toMs: T + 8_000 }, [edit]);
    expect(expected.map((occurrence) => occurrence - T)).toEqual([0, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000]);
  });

  it('leaves open what is due between the asking and the answer, and expects nothing of a disabled job', () => {
    const off = { ...edit, enabled: false, askedAtMs: T + 1_500, answeredAtMs: T + 2_500 };
    const on = { ...edit, enabled: true, askedAtMs: T + 5_500, answeredAtMs: T + 5_600 };
    const expected = expectedOccurrences(config, { fromMs: T, toMs: T + 8_000 }, [off, on]);
    expect(expected.map((occurrence) => occurrence - T)).toEqual([0, 1_000, 6_000, 8_000]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  countedIn,
  joinWords,
  runName,
  space,
  weekdayName,
} from '../../../../../../src/modules/foundation/domain/words/chinese-phrases.ts';
import { runsOf } from '../../../../../../src/modules/foundation/domain/words/value-runs.ts';

describe('space()', () => {
  it.each([
    ['每15分钟', '每 15 分钟'],
    ['1日和15日', '1 日和 15 日'],
    ['每天 第0时', '每天第 0 时'],
    ['（步长2） 09:00', '（步长 2）09:00'],
    ['第5个ISO周', '第 5 个 ISO 周'],
    ['每周一 09:00、10:00', '每周一 09:00、10:00'],
  ])('%s', (written, spaced) => {
    expect(space(written)).toBe(spaced);
    expect(space(spaced)).toBe(spaced);
  });
});

describe('countedIn()', () => {
  it.each([
    [[5], '第5分'],
    [[5, 20], '第5、20分'],
    [[0, 1, 2, 30], '第0至2、30分'],
    [[0, 5, 10, 15, 20, 25, 30], '第0至30分（步长5）'],
  ])('%j', (values, words) => {
    expect(countedIn('分', runsOf(values))).toBe(words);
  });
});

describe('joinWords()', () => {
  it('sets 、 between all but the last two', () => {
    expect(joinWords(['甲'])).toBe('甲');
    expect(joinWords(['甲', '乙'])).toBe('甲和乙');
    expect(joinWords(['甲', '乙', '丙'], '或')).toBe('甲、乙或丙');
  });
});

describe('runName()', () => {
  it('names both ends and the step', () => {
    const day = (value: number): string => `${value}日`;
    expect(runName({ from: 1, to: 7, step: 1 }, day)).toBe('1日至7日');
    expect(runName({ from: 1, to: 31, step: 2 }, day)).toBe('1日至31日（步长2）');
  });
});

describe('weekdayName()', () => {
  it('counts from Monday, with Sunday at both ends', () => {
    expect([0, 1, 6, 7].map(weekdayName)).toEqual(['周日', '周一', '周六', '周日']);
  });
});

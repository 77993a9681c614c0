import { describe, expect, test } from 'vitest';
import { closestName } from '../../../../../src/modules/foundation/domain/closest-name.ts';

const KNOWN = ['cronExpression', 'jobKwargs', 'jobName', 'timezone', 'tags'];

describe('closestName()', () => {
  test.each([
    ['cron_expression', 'cronExpression'],
    ['CRON-EXPRESSION', 'cronExpression'],
    ['cronExpresion', 'cronExpression'],
    ['jobKwarg', 'jobKwargs'],
    ['timeZone', 'timezone'],
    ['job_nmae', 'jobName'],
    ['tag', 'tags'],
    ['tgas', 'tags'],
  ])('%s was meant to be %s', (given, meant) => expect(closestName(given, KNOWN)).toBe(meant));

  test.each(['schedule', 'x', '', 'z'.repeat(5_000)])('nothing is near %s', (given) => {
    expect(closestName(given, KNOWN)).toBeNull();
  });

  test('gives the nearest of several', () => expect(closestName('jobNames', ['jobName', 'jobKwargs'])).toBe('jobName'));
  test('knows nothing where nothing is known', () => expect(closestName('jobName', [])).toBeNull());
});

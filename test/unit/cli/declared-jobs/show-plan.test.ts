import { expect, test } from 'vitest';
import type { JobChange } from '../../../../src/cli/declared-jobs/compare-jobs.ts';
import { planLines } from '../../../../src/cli/declared-jobs/show-plan.ts';

test('planLines() lets no id and no name of a field steer the terminal', () => {
  const fields = [{ field: 'jobKwargs.\u001B[8m', before: undefined, after: '\u001B[2J' }];
  const change = { action: 'create', jobId: '\u001B[8mhidden\u009B', fields } as unknown as JobChange;
  const text = planLines([change]).join('\n');
  expect(text).toContain('+  [8mhidden');
  // oxlint-disable-next-line eslint/no-control-regex -- what steers a terminal is what is looked for
  expect(text).not.toMatch(/\u001B\[(8m|2J)|\u009B/);
});

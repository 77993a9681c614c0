import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { JobDetailJson } from '../../../../src/cli/connection/answers.ts';
import { jobDetail, jobTable, warningLines } from '../../../../src/cli/output/job-lines.ts';
import { DEFAULT_POLICIES } from '../../../../src/modules/foundation/domain/job-config.ts';

const NOW = Date.parse('2026-03-08T06:00:00Z');
const JOB = {
  ...DEFAULT_POLICIES,
  ...{ jobId: 'nightly', jobName: 'nightly', state: 'active', stateReason: null, revision: 2, warnings: [] },
  ...{ cronExpression: '30 2 * * *', dialect: 'unix', timezone: 'America/New_York' },
  ...{ description: 'Every day at 02:30', descriptionZh: '每天 02:30', lastRunAt: null },
  ...{ nextRunAt: '2026-03-08T07:30:00.000Z' },
  nextOccurrences: ['2026-03-08T07:30:00.000Z', '2026-03-09T06:30:00.000Z'],
} as unknown as JobDetailJson;
const HOSTILE = 'a\u009B2Jb\u001B[2Jc\u0085d\r\ne\u0007';

const detail = (fields: Partial<JobDetailJson> = {}): string =>
  stripVTControlCharacters(jobDetail({ ...JOB, ...fields }, NOW));

describe('jobDetail()', () => {
  test('shows the next occurrences on the clock of the job, and how far the first one is', () => {
    expect(detail()).toMatch(
      /\n\nNext occurrences\n {2}2026-03-08 03:30:00 -04:00 {2}in 1 h 30 min\n {2}2026-03-09 02:30/,
    );
    expect(detail({ nextOccurrences: [] })).not.toContain('Next occurrences');
  });

  test('says that an occurrence is overdue', () => {
    expect(detail({ nextOccurrences: ['2026-03-08T05:59:00.000Z'] })).toMatch(/ {2}1 min ago$/m);
  });

  test('shows policies that differ from the default, and no others', () => {
    expect(detail()).not.toMatch(/timeoutMs|maxAttempts|overlapPolicy|enabled/);
    const shown = detail({ timeoutMs: 0, maxAttempts: 3, overlapPolicy: 'allow', enabled: false });
    expect(shown).toMatch(/^overlapPolicy +allow$/m);
    expect(shown).toMatch(/^maxAttempts +3$/m);
    expect(shown).toMatch(/^timeoutMs +0$/m);
    expect(shown).not.toMatch(/^enabled/m);
  });

  test('names the function, which the id names where none is said', () => {
    expect(detail()).toMatch(/^Runs +nightly$/m);
    expect(detail({ handler: 'http.request' })).toMatch(/^Runs +http\.request$/m);
  });

  test('shows the job of a service of another version, which lacks a policy', () => {
    const { maxAttempts: _, ...older } = JOB;
    expect(stripVTControlCharacters(jobDetail(older as JobDetailJson, NOW))).not.toContain('maxAttempts');
  });

  test('lets nobody else colour or conceal, in a table neither', () => {
    const concealed = { ...JOB, notes: '\u001B[8mhidden', jobId: '\u001B[8mhidden' };
    const text = `${jobDetail(concealed, NOW)}${jobTable([concealed])}`;
    expect(text).toContain(' [8mhidden');
    expect(text).not.toContain('\u001B[8m');
  });

  test('lets nothing that somebody wrote steer the terminal', () => {
    const said = { jobName: HOSTILE, notes: HOSTILE, stateReason: HOSTILE, warnings: [HOSTILE] };
    const written = { jobKwargs: { a: HOSTILE }, tags: [HOSTILE], cronExpression: HOSTILE, handler: HOSTILE };
    const text = detail({ ...said, ...written, description: HOSTILE });
    // oxlint-disable-next-line eslint/no-control-regex -- what steers a terminal is what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
    expect(text).not.toMatch(/^[de]/m);
  });
});

describe('jobTable()', () => {
  test('shows the text of a schedule that cannot be put into words, and - for what never was', () => {
    const rows = jobTable([{ ...JOB, description: null, nextRunAt: null }]);
    expect(stripVTControlCharacters(rows).split('\n')[1]).toMatch(/^nightly +active +30 2 \* \* \* +- +-$/);
  });

  test('lines its columns up behind Chinese words, which are twice as wide', () => {
    const [, first, second] = stripVTControlCharacters(
      jobTable([
        { ...JOB, description: '每天' },
        { ...JOB, description: 'x' },
      ]),
    ).split('\n');
    expect(first!.indexOf('2026')).toBe(second!.indexOf('2026') - 2);
  });
});

test('warningLines() says nothing where there is nothing to warn of', () => {
  expect(warningLines([])).toEqual([]);
  expect(warningLines(['a', 'b']).map((line) => stripVTControlCharacters(line))).toEqual([
    '',
    'Warnings',
    '  a',
    '  b',
  ]);
});

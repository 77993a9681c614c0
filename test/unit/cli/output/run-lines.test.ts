import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ExecutionDetailJson } from '../../../../src/cli/connection/answers.ts';
import { outcomeText, runDetail, runTable, statusText } from '../../../../src/cli/output/run-lines.ts';

const RUN: ExecutionDetailJson = {
  ...{ id: '0a', jobId: 'nightly', status: 'SUCCESS', trigger: 'schedule', attempt: 1, maxAttempts: 3 },
  ...{ scheduledAt: '2026-03-08T07:00:00.000Z', startedAt: '2026-03-08T07:00:00.900Z' },
  ...{ finishedAt: '2026-03-08T07:00:02.900Z', durationMs: 2_000, latenessMs: 900, instanceId: 'i' },
  ...{ errorMessage: null, errorStack: null, failureReason: null, result: null, progress: null },
  ...{ jobKwargs: {}, logLines: [], idempotencyKey: 'nightly@2026-03-08T07:00:00.000Z' },
};
const FAILED = { status: 'FAILED', failureReason: 'ERROR', errorMessage: 'it broke' } as const;
/** Clears the screen, in the one character that JSON does not escape, and in the usual two. */
const HOSTILE = 'a\u009B2Jb\u001B[2Jc\u0085d\r\ne\u0007';

const plain = (text: string): string => stripVTControlCharacters(text);
// oxlint-disable-next-line eslint/no-control-regex -- what steers a terminal is what is looked for
const STEERING = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/;

describe('statusText()', () => {
  test.for([
    [{ status: 'RUNNING' }, 'RUNNING'],
    [{ status: 'RUNNING', startedAt: null }, 'WAITING'],
    [{ status: 'FAILED', startedAt: null, failureReason: 'CANCELLED' }, 'FAILED CANCELLED'],
    [{ status: 'FAILED', failureReason: 'LOST' }, 'FAILED LOST'],
    [FAILED, 'FAILED'],
  ] as const)('says of %j %s', ([fields, says]) => {
    expect(plain(statusText({ ...RUN, ...fields }))).toBe(says);
  });
});

describe('outcomeText()', () => {
  test.for([
    [{}, 'SUCCESS after 2 s'],
    [{ result: '' }, 'SUCCESS after 2 s  ""'],
    [{ result: 0 }, 'SUCCESS after 2 s  0'],
    [{ result: { a: { b: 1 } } }, 'SUCCESS after 2 s  {"a":{"b":1}}'],
    [{ ...FAILED, result: { a: 1 } }, 'FAILED after 2 s  it broke'],
    [{ ...FAILED, failureReason: 'LOST', durationMs: null, errorMessage: null }, 'FAILED LOST'],
  ] as const)('says of %j %j', ([fields, says]) => {
    expect(plain(outcomeText({ ...RUN, ...fields }))).toBe(says);
  });

  test('says nothing of a result that a service of another version leaves out', () => {
    const { result: _, ...older } = RUN;
    expect(plain(outcomeText(older as ExecutionDetailJson))).toBe('SUCCESS after 2 s');
    expect(plain(runDetail(older as ExecutionDetailJson, 'UTC'))).toMatch(/^Result +null$/m);
  });

  test('lets nobody else colour or conceal', () => {
    const run = { ...RUN, ...FAILED, errorMessage: '\u001B[8mhidden', errorStack: '\u001B[8mhidden' };
    const text = `${outcomeText(run)}${runDetail(run, 'UTC')}${runTable([run], 'UTC')}`;
    expect(text.split(' [8mhidden')).toHaveLength(5);
    expect(text).not.toContain('\u001B[8m');
  });

  test('lets no result and no error steer the terminal, a result that another server wrote least of all', () => {
    for (const fields of [{ result: { body: HOSTILE } }, { ...FAILED, errorMessage: HOSTILE }]) {
      const text = plain(outcomeText({ ...RUN, ...fields }));
      expect(text).not.toMatch(STEERING);
      expect(text).not.toContain('\n');
    }
  });
});

describe('runDetail()', () => {
  test('shows times on the clock of the zone, and lateness from a second on', () => {
    expect(plain(runDetail(RUN, 'America/New_York'))).toMatch(/^Started +2026-03-08 03:00:00 -04:00$/m);
    const late = runDetail({ ...RUN, latenessMs: 61_000 }, 'UTC');
    expect(plain(late)).toMatch(/^Started +2026-03-08 07:00:00 \+00:00 \(1 min 1 s late\)$/m);
  });

  test('shows a result of a success alone, an error and its stack of a failure', () => {
    expect(plain(runDetail(RUN, 'UTC'))).toMatch(/^Result +null$/m);
    const failed = plain(runDetail({ ...RUN, ...FAILED, errorStack: 'Error: it broke\n    at x' }, 'UTC'));
    expect(failed).not.toMatch(/^Result/m);
    expect(failed).toMatch(/^Error +it broke\n\nError: it broke\n {4}at x$/m);
  });

  test('shows how far a run has come, and what it says of it', () => {
    expect(plain(runDetail({ ...RUN, progress: { fraction: 0.125 } }, 'UTC'))).toMatch(/^Progress +13 %$/m);
    const said = runDetail({ ...RUN, progress: { fraction: 1, message: 'a\nb' } }, 'UTC');
    expect(plain(said)).toMatch(/^Progress +100 % a b$/m);
  });

  test('lets nothing of a run steer the terminal', () => {
    const hostile = { jobKwargs: { a: HOSTILE }, result: HOSTILE, progress: { fraction: 0, message: HOSTILE } };
    const failed = { ...FAILED, errorMessage: HOSTILE, errorStack: HOSTILE };
    for (const fields of [hostile, failed]) {
      expect(plain(runDetail({ ...RUN, ...fields }, 'UTC'))).not.toMatch(STEERING);
    }
  });
});

describe('runTable()', () => {
  test('keeps a run on its line, however long its error is', () => {
    const rows = [{ ...RUN, ...FAILED, errorMessage: `${'😀'.repeat(70)}\nmore` }, RUN];
    const [head, first, second, ...others] = plain(runTable(rows, 'UTC')).split('\n');
    expect(others).toEqual([]);
    expect(head).toMatch(/^RUN +JOB +STATUS +TRIGGER +SCHEDULED +TOOK +ERROR$/);
    expect(first!.endsWith(`  ${'😀'.repeat(59)}…`)).toBe(true);
    expect(second).toMatch(/2 s$/);
  });
});

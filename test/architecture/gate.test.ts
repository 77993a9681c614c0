/** The gate itself: that each part of it can fail, and says so. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TestModule } from 'vitest/node';
import { checkSchema } from '../../scripts/check-schema.ts';
import { CHECK_STEPS, runChecks } from '../../scripts/check.ts';
import { tallyTests } from '../../scripts/closing-line.ts';
import { plantTree, REPOSITORY } from './planted-tree.ts';

const STEPS = ['format', 'lint', 'test'].map((script) => ({ script, says: `${script} holds` }));

test('runChecks() runs every step in order and prints a line each', () => {
  const lines: string[] = [];
  const passed = runChecks(
    STEPS,
    () => ({ passed: true, output: 'chatter' }),
    (line) => lines.push(line),
  );
  expect(passed).toBe(true);
  expect(lines.map((line) => line.replace(/[\d.]+ s/, 'N s'))).toEqual([
    '✓ format holds (format, N s)',
    '✓ lint holds (lint, N s)',
    '✓ test holds (test, N s)',
  ]);
});

test('runChecks() stops at the first failure and shows what it printed', () => {
  const lines: string[] = [];
  const run = (script: string) => ({ passed: script !== 'lint', output: `${script} said this` });
  expect(runChecks(STEPS, run, (line) => lines.push(line))).toBe(false);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^lint said this\n✗ lint, after [\d.]+ s[.] Alone: npm run lint$/);
});

test('CHECK_STEPS ends with the tests, the slowest', () => {
  expect(CHECK_STEPS.at(-1)?.script).toBe('test');
});

test('checkSchema() finds drizzle/ current, and finds the planted table that no migration makes', () => {
  expect(checkSchema()).toEqual({ missing: [], failure: null });
  const planted = checkSchema('./test/architecture/schema-one-table-ahead.ts');
  expect(planted.failure).toBeNull();
  expect(planted.missing).toHaveLength(1);
});

function moduleOf(ok: boolean, ...states: string[]): TestModule {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  return { ok: () => ok, children: { allTests: () => tests } } as unknown as TestModule;
}

test('tallyTests() counts tests, a file that did not load, and stray errors', () => {
  const modules = [moduleOf(true, 'passed', 'passed', 'skipped'), moduleOf(false, 'failed', 'passed'), moduleOf(false)];
  expect(tallyTests(modules, 1)).toEqual({ passed: 3, failed: 3, skipped: 1 });
});

const FAILED_FILE = { status: 'failed', assertionResults: [{ status: 'failed' }] };
const REPORTS: [name: string, report: object, line: string][] = [
  ['a green run', { numPassedTests: 2, numFailedTests: 0, success: true, testResults: [] }, '2 0'],
  ['a failed test', { numPassedTests: 1, numFailedTests: 1, success: false, testResults: [FAILED_FILE] }, '1 1'],
  [
    'a file that did not load',
    { numPassedTests: 1, numFailedTests: 0, success: false, testResults: [{ status: 'failed', assertionResults: [] }] },
    '1 1',
  ],
  ['a stray error', { numPassedTests: 1, numFailedTests: 0, success: false, testResults: [] }, '1 1'],
];

test.for(REPORTS)('count-tests.mjs counts %s', ([, report, line]) => {
  using tree = plantTree({ 'tests.json': JSON.stringify(report) });
  const program = join(REPOSITORY, '.ci/count-tests.mjs');
  const { stdout } = spawnSync(process.execPath, [program, join(tree.root, 'tests.json')], { encoding: 'utf8' });
  expect(stdout.trim()).toBe(line);
});

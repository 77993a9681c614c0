/**
 * Owns the last line of a test run: how many tests passed, failed and were skipped. A file that did not load and an
 * error outside any test count as failures, so that a red run never closes with "0 failed".
 */
import type { Reporter, TestModule } from 'vitest/node';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of all modules. */
export function tallyTests(modules: readonly TestModule[], strayErrors: number): Tally {
  const tally = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const module of modules) {
    const failedBefore = tally.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      tally[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
    }
    // A failed hook or import fails the file without failing a test.
    if (!module.ok() && tally.failed === failedBefore) tally.failed += 1;
  }
  return tally;
}

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const { passed, failed, skipped } = tallyTests(modules, errors.length);
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}

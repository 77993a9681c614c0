/**
 * Prints "passed failed" of a vitest JSON report. A file that failed without a failed test (it did not load, or a hook
 * threw) counts as one failure. Plain JavaScript, because the machine's own Node may be 20.
 */
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, testResults, success } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const brokenFiles = testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
).length;
const failed = numFailedTests + brokenFiles;
console.log(numPassedTests, failed === 0 && !success ? 1 : failed);

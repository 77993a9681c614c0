/** What the house's rules on source text find, and that they find nothing in this repository. */
import { expect, test } from 'vitest';
import { findFaults } from '../../scripts/check-house.ts';
import { HOUSE_RULES } from '../../scripts/house-rules.ts';
import { measureSizes, oversized, quantile } from '../../scripts/measure-sizes.ts';
import { readTree, type SourceText } from '../../scripts/source-tree.ts';
import { findWiredClasses } from '../../scripts/wired-classes.ts';
import { REPOSITORY } from './planted-tree.ts';

const FOUNDATION = 'src/modules/foundation';
const HEADER = '/** Owns nothing. */\n';
const CONTAINER: SourceText = {
  path: `${FOUNDATION}/container.ts`,
  text: `${HEADER}
    import { FireQueue as Queue } from './application/fire-queue.ts';
    import { SchedulerJobConfigRepository } from './infrastructure/persistence/scheduler-job-config-repository.ts';
    register(QUEUE, { useFactory: () => new Queue(new Map()) });
    register(CONFIGS, { useFactory: () => new SchedulerJobConfigRepository() });`,
};
const WIRED = 'R1.2 R2.2 wired classes come from the container';

/** The rule, and a file that breaks it. */
const FAULTS: [rule: string, path: string, text: string][] = [
  ['no file above 250 lines', 'test/unit/a.test.ts', 'a();\n'.repeat(251)],
  ['names are kebab-case', 'src/main/fireQueue.ts', HEADER],
  ['names are kebab-case', 'src/Main/a.ts', HEADER],
  ['no file is a bucket', 'src/main/string-utils.ts', HEADER],
  ['no file is a bucket', 'src/lib/a.ts', HEADER],
  ['no file is a bucket', 'test/unit/types.ts', ''],
  ['a file opens with what it owns', 'src/main/a.ts', 'export {};'],
  ['transactions are for migrate.ts', 'src/main/a.ts', `${HEADER}await sql.begin(write);`],
  ['transactions are for migrate.ts', 'src/main/a.ts', `${HEADER}await this.database\n.transaction(write);`],
  ['transactions are for migrate.ts', 'src/main/a.ts', `${HEADER}await sql?.reserve();`],
  ['tests never sleep', 'test/unit/a.test.ts', 'await new Promise((resolve) => setTimeout(resolve, 10));'],
  ['tests never sleep', 'test/unit/a.test.ts', 'globalThis.setTimeout(done, 10);'],
  ['tests never sleep', 'test/unit/a.test.ts', 'await promisify(setTimeout)(10);'],
  ['tests never sleep', 'test/unit/a.test.ts', 'await sleep(10);'],
  ['tests never sleep', 'test/spec/a.test.ts', "import { setTimeout as wait } from 'node:timers/promises';"],
  [WIRED, 'src/main/a.ts', `${HEADER}import { FireQueue as Q } from './b.ts'; new Q();`],
  [WIRED, 'src/main/a.ts', `${HEADER}new SchedulerJobConfigRepository();`],
  [WIRED, 'test/unit/a.test.ts', 'new SchedulerExecutionLogRepository(database);'],
  ['no text names a path outside the repository', 'README.md', `See ${['', 'work', 'notes.md'].join('/')}.`],
  ['no text names a path outside the repository', 'scripts/a.ts', `// ${['..', 'shared', 'a.md'].join('/')}`],
];

/** Files that look like a fault and are none. */
const SOUND: SourceText[] = [
  { path: 'test/conformance/a.test.ts', text: 'new SchedulerJobConfigRepository(database);' },
  { path: 'test/unit/a.test.ts', text: 'new FireQueue(); timers.setTimeout(a); wakeAfter(delay);' },
  { path: 'test/support/a.ts', text: 'setTimeout(ring, 10);' },
  { path: `${FOUNDATION}/infrastructure/persistence/migrate.ts`, text: `${HEADER}await sql.begin(write);` },
  { path: 'src/main/a.ts', text: `${HEADER}run.begin; begin(); new Map(); fetch('https://a.test/work/b');` },
  { path: 'src/main/migrations.generated.ts', text: HEADER },
];

test.for(FAULTS)('findFaults() finds the planted fault: %s, %s', ([rule, path, text]) => {
  expect(findFaults([CONTAINER, { path, text }])).toMatchObject([{ rule, path }]);
});

test('findFaults() has a planted fault for each of its rules', () => {
  expect(new Set(FAULTS.map(([rule]) => rule))).toEqual(new Set(HOUSE_RULES.map(({ name }) => name)));
});

test.for(SOUND)('findFaults() passes $path', (file) => {
  expect(findFaults([CONTAINER, file])).toEqual([]);
});

test('R1.2 R2.2 repositories and every wired class come from the container, and the house keeps its other rules', () => {
  const tree = readTree(REPOSITORY);
  expect(findWiredClasses(tree)).toContain('SchedulerJobConfigRepository');
  expect(findWiredClasses(tree)).toContain('SchedulerExecutionLogRepository');
  expect(findFaults(tree)).toEqual([]);
});

function sourceOf(...lengths: number[]): SourceText[] {
  return lengths.map((length, at) => ({ path: `src/${at}.ts`, text: 'a();\n'.repeat(length) }));
}

test('quantile() answers with the value that the share of the list does not exceed', () => {
  expect(quantile([9, 1, 5, 3, 7, 2, 8, 4, 6, 10], 0.9)).toBe(9);
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([], 0.5)).toBe(0);
});

test('oversized() tells which limit is passed: median 90, nine in ten under 200, none above 250', () => {
  expect(oversized(measureSizes(sourceOf(90, 90, 250)))).toEqual(['one file in ten has 250 lines or more; limit 200']);
  expect(oversized(measureSizes(sourceOf(91, 91, 10)))).toEqual([
    'half of the files under src have more than 90 lines; limit 90',
  ]);
  expect(oversized(measureSizes(sourceOf(...Array<number>(20).fill(10), 251)))).toEqual([
    'src/20.ts has 251 lines; limit 250',
  ]);
  const long: SourceText = { path: 'src/a.ts', text: `function a() {\n${'b();\n'.repeat(38)}}\n` };
  expect(oversized(measureSizes([long]))).toEqual(['one function in ten has 40 lines or more; limit 40']);
});

test('measureSizes() leaves generated files out', () => {
  const generated: SourceText = { path: 'src/a.generated.ts', text: 'a();\n'.repeat(900) };
  expect(measureSizes([...sourceOf(10), generated])).toMatchObject({ files: 1, largest: { lines: 10 } });
});

test('the sizes of this repository keep their limits', () => {
  expect(oversized(measureSizes(readTree(REPOSITORY)))).toEqual([]);
});

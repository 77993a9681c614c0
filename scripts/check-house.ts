/** Runs the house's rules over a source tree, and tells its figures. Invariant: a tree without source is an error. */
import { fileURLToPath } from 'node:url';
import { HOUSE_RULES } from './house-rules.ts';
import { measureSizes, oversized, type Sizes } from './measure-sizes.ts';
import { readTree, type SourceText } from './source-tree.ts';
import { findWiredClasses } from './wired-classes.ts';

export interface HouseFault {
  rule: string;
  path: string;
  fault: string;
}

/** What the rules find in these files. */
export function findFaults(tree: readonly SourceText[]): HouseFault[] {
  const wired = findWiredClasses(tree);
  return HOUSE_RULES.flatMap(({ name, files, except, faults }) =>
    tree
      .filter(({ path }) => files.test(path) && except?.test(path) !== true)
      .flatMap((file) => faults(file, wired).map((fault) => ({ rule: name, path: file.path, fault }))),
  );
}

function describeSizes({ files, medianLines, ninetiethLines, largest, ...rest }: Sizes): string {
  return (
    `${files} files: median ${medianLines} lines, nine in ten up to ${ninetiethLines}, largest ${largest.lines} ` +
    `(${largest.path}); functions: nine in ten up to ${rest.ninetiethFunctionLines} lines; ` +
    `test to source ${rest.testToSource.toFixed(2)}`
  );
}

if (import.meta.main) {
  const tree = readTree(fileURLToPath(new URL('..', import.meta.url)));
  const sizes = measureSizes(tree);
  if (sizes.files === 0) throw new Error('no source file was read');
  const faults = findFaults(tree);
  for (const { rule, path, fault } of faults) console.error(`${path}: ${fault}\n    ${rule}`);
  for (const fault of oversized(sizes)) console.error(`${fault}\n    sizes`);
  console.log(`${describeSizes(sizes)}; ${HOUSE_RULES.length} rules, ${faults.length} faults`);
  if (faults.length > 0 || oversized(sizes).length > 0) process.exitCode = 1;
}

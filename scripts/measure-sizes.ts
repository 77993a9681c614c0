/** How long files and functions are, and how much of the source is tests; the limits are the house's. */
import ts from 'typescript';
import { collectNodes, countLines, isGenerated, type SourceText } from './source-tree.ts';

export interface Sizes {
  files: number;
  medianLines: number;
  ninetiethLines: number;
  largest: { path: string; lines: number };
  ninetiethFunctionLines: number;
  testToSource: number;
}

/** The value that `share` of the sorted list does not exceed; 0 of an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0;
}

export function measureSizes(tree: readonly SourceText[]): Sizes {
  const written = tree.filter((file) => file.path.endsWith('.ts') && !isGenerated(file));
  const source = written.filter(({ path }) => path.startsWith('src/'));
  const lines = source.map(({ path, text }) => ({ path, lines: countLines(text) }));
  const total = (prefix: string): number =>
    written.filter(({ path }) => path.startsWith(prefix)).reduce((sum, { text }) => sum + countLines(text), 0);
  const counts = lines.map((each) => each.lines);
  return {
    files: source.length,
    medianLines: quantile(counts, 0.5),
    ninetiethLines: quantile(counts, 0.9),
    largest: lines.toSorted((left, right) => right.lines - left.lines)[0] ?? { path: '', lines: 0 },
    ninetiethFunctionLines: quantile(
      source.flatMap((file) => collectNodes(file, functionLines)),
      0.9,
    ),
    testToSource: total('test/') / Math.max(total('src/'), 1),
  };
}

function functionLines(node: ts.Node): number | undefined {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined ? countLines(node.getText()) : undefined;
}

/** The limits that these sizes pass over, in words. */
export function oversized({ medianLines, ninetiethLines, largest, ninetiethFunctionLines }: Sizes): string[] {
  const faults: string[] = [];
  if (medianLines > 90) faults.push(`half of the files under src have more than ${medianLines - 1} lines; limit 90`);
  if (ninetiethLines >= 200) faults.push(`one file in ten has ${ninetiethLines} lines or more; limit 200`);
  if (largest.lines > 250) faults.push(`${largest.path} has ${largest.lines} lines; limit 250`);
  if (ninetiethFunctionLines >= 40) {
    faults.push(`one function in ten has ${ninetiethFunctionLines} lines or more; limit 40`);
  }
  return faults;
}

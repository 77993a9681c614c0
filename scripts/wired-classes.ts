/**
 * Which classes the container wires, and who constructs one elsewhere. In src only the container does; a test may build
 * most of them with the parts it wants, but a repository only in the conformance suites, whose subject it is.
 */
import ts from 'typescript';
import { collectNodes, lineOf, type SourceText } from './source-tree.ts';

export type WiredClasses = ReadonlySet<string>;

const CONTAINER = 'src/modules/foundation/container.ts';
const REPOSITORY = /^Scheduler\w*Repository$/;
const CONFORMANCE = /^test[/]conformance[/]/;

/** The classes of our own that container.ts constructs. */
export function findWiredClasses(tree: readonly SourceText[]): WiredClasses {
  const container = tree.find(({ path }) => path === CONTAINER);
  if (container === undefined) return new Set();
  const imported = importedNames(container);
  const constructed = collectNodes(container, (node) =>
    ts.isNewExpression(node) && ts.isIdentifier(node.expression) ? imported.get(node.expression.text) : undefined,
  );
  return new Set(constructed.filter((name) => !name.endsWith('Error')));
}

export function constructedOutsideContainer(file: SourceText, wired: WiredClasses): string[] {
  if (file.path === CONTAINER) return [];
  const inSource = file.path.startsWith('src/');
  const imported = importedNames(file);
  return collectNodes(file, (node) => {
    if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
    const name = imported.get(node.expression.text) ?? node.expression.text;
    const forbidden = REPOSITORY.test(name) ? !CONFORMANCE.test(file.path) : inSource && wired.has(name);
    return forbidden ? `line ${lineOf(node)}: new ${name}()` : undefined;
  });
}

/** What a file imports from our own source: local name to the name it was exported under. */
function importedNames(file: SourceText): Map<string, string> {
  const names = collectNodes(file, (node) => {
    if (!ts.isImportSpecifier(node)) return undefined;
    const from = node.parent.parent.parent.moduleSpecifier.getText().slice(1, -1);
    return from.startsWith('.') ? ([node.name.text, (node.propertyName ?? node.name).text] as const) : undefined;
  });
  return new Map(names);
}

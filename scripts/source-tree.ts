/** Reads a repository's text files once, for the rules that look at source; nothing that a tool writes is among them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface SourceText {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

const SKIPPED = new Set([
  'node_modules',
  '.git',
  'data',
  'dist',
  'coverage',
  'reports',
  '.wrangler',
  'package-lock.json',
]);
const TEXT = /[.](ts|js|cjs|mjs|json|jsonc|md|toml|sql|ya?ml|html|css|txt|sh)$|(^|[/])[^./]+$|[/]?[.][a-z]+(rc)?$/;

/** Every text file under `root`. */
export function readTree(root: string, folder = ''): SourceText[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.has(entry.name)) return [];
    if (entry.isDirectory()) return readTree(root, path);
    return entry.isFile() && TEXT.test(path) ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}

export function isGenerated({ path }: SourceText): boolean {
  return path.endsWith('.generated.ts') || path.startsWith('drizzle/');
}

/** All nodes of a TypeScript file that `pick` answers for, in order. */
export function collectNodes<T>({ path, text }: SourceText, pick: (node: ts.Node) => T | undefined): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    const picked = pick(node);
    if (picked !== undefined) found.push(picked);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

export function lineOf(node: ts.Node): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

export function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

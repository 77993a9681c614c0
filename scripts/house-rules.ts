/**
 * What an import graph cannot say, one rule a line: names, headers, and calls that have one home. A rule looks at one
 * file and answers with its faults; each has a planted fault in its test.
 */
import ts from 'typescript';
import { collectNodes, countLines, isGenerated, lineOf, type SourceText } from './source-tree.ts';
import { constructedOutsideContainer, type WiredClasses } from './wired-classes.ts';

export interface HouseRule {
  name: string;
  files: RegExp;
  except?: RegExp;
  faults: (file: SourceText, wired: WiredClasses) => string[];
}

const CODE = /^(src|test|bench|scripts|dashboard)[/].*[.]ts$/;
const GENERATED = /[.]generated[.]ts$/;
const SRC = /^src[/].*[.]ts$/;
const TESTS = /^test[/].*[.]ts$/;
const MIGRATE = /^src[/]modules[/]foundation[/]infrastructure[/]persistence[/]migrate[.]ts$/;
const MAY_WAIT = /^test[/](support|chaos|cluster)[/]/;

// oxfmt-ignore
export const HOUSE_RULES: HouseRule[] = [
  { name: 'no file above 250 lines', files: CODE, except: GENERATED, faults: longFile },
  { name: 'names are kebab-case', files: CODE, faults: unkebab },
  { name: 'no file is a bucket', files: CODE, faults: bucketName },
  { name: 'a file opens with what it owns', files: SRC, faults: missingHeader },
  { name: 'transactions are for migrate.ts', files: SRC, except: MIGRATE, faults: transactionCalls },
  { name: 'tests never sleep', files: TESTS, except: MAY_WAIT, faults: sleeps },
  { name: 'R1.2 R2.2 wired classes come from the container', files: CODE, faults: constructedOutsideContainer },
  { name: 'no text names a path outside the repository', files: /./, faults: outsidePaths },
];

const BUCKETS = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'lib', 'libs', 'manager', 'misc', 'shared']);
const SEGMENT = /^[a-z0-9]+(-[a-z0-9]+)*([.](test|generated|config|d))*([.]ts)?$/;
const TRANSACTIONS = new Set(['begin', 'transaction', 'reserve']);
const WAITS = new Set(['setTimeout', 'setInterval', 'sleep', 'delay']);
const OUTSIDE = /(?<![\w./-])([/](work|home|root|Users|mnt|srv)[/][\w.-]+|([.]{2}[/])+(shared|checkouts?)[/])/;

function longFile({ text }: SourceText): string[] {
  const lines = countLines(text);
  return lines > 250 ? [`${lines} lines`] : [];
}

function unkebab({ path }: SourceText): string[] {
  return path.split('/').filter((segment) => !SEGMENT.test(segment));
}

function bucketName({ path }: SourceText): string[] {
  const segments = path.split('/').slice(1);
  const words = segments.flatMap((segment) => segment.replace(/[.].*$/, '').split('-'));
  const types = segments.at(-1) === 'types.ts' ? ['types.ts'] : [];
  return [...words.filter((word) => BUCKETS.has(word)), ...types];
}

function missingHeader(file: SourceText): string[] {
  return /^(#!.*\n)?[/][*][*]/.test(file.text) || isGenerated(file) ? [] : ['no header comment'];
}

function transactionCalls(file: SourceText): string[] {
  return collectNodes(file, (node) =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    TRANSACTIONS.has(node.expression.name.text)
      ? `line ${lineOf(node)}: .${node.expression.name.text}()`
      : undefined,
  );
}

function sleeps(file: SourceText): string[] {
  return collectNodes(file, (node) => {
    if (ts.isImportDeclaration(node) && /timers[/]promises/.test(node.moduleSpecifier.getText())) {
      return `line ${lineOf(node)}: timers/promises`;
    }
    return ts.isIdentifier(node) && WAITS.has(node.text) && isReference(node)
      ? `line ${lineOf(node)}: ${node.text}`
      : undefined;
  });
}

/** Whether the identifier waits where it stands: called, `globalThis.setTimeout`, or `setTimeout` handed to a call. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.name === node && parent.expression.getText() === 'globalThis';
  }
  return ts.isCallExpression(parent) && (parent.expression === node || node.text.startsWith('set'));
}

function outsidePaths({ text }: SourceText): string[] {
  return text.split('\n').flatMap((line, at) => {
    const found = OUTSIDE.exec(line);
    return found === null ? [] : [`line ${at + 1}: ${found[0]}`];
  });
}

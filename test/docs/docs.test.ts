/** The pages of `docs/`: every command in them is run, in order, each page in a folder and against services of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../support/service-process.ts';
import { DocFolder } from './doc-folder.ts';
import { insertLines, readDocPage } from './doc-page.ts';

const DOCS = resolve(ROOT, 'docs');
const PAGES = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
const PAGE_TIMEOUT_MS = 240_000;

const readPage = (name: string): string => readFileSync(resolve(DOCS, name), 'utf8');

describe('docs/', () => {
  test.for(PAGES)('%s: every command does what the page says', { timeout: PAGE_TIMEOUT_MS }, async (name) => {
    const steps = readDocPage(readPage(name));
    if (steps.length === 0) return;
    const folder = await DocFolder.create();
    try {
      for (const step of steps) {
        await folder.perform(step).catch((error: unknown) => {
          throw new Error(`docs/${name}:${step.line}: ${String(error)}`, { cause: error });
        });
      }
    } finally {
      await folder.dispose();
    }
  });

  test.for(PAGES)('%s: its links lead somewhere, and the index has it', (name) => {
    const links = [...readPage(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path!);
    for (const path of links) expect(() => readFileSync(resolve(DOCS, path))).not.toThrow();
    if (name !== 'README.md') expect(readPage('README.md')).toContain(`(${name})`);
  });
});

describe('a clone', () => {
  test.for(['npx', 'npm run --silent carillon --'])(
    '%s finds the command line',
    { timeout: PAGE_TIMEOUT_MS },
    async (how) => {
      // Two spaces: as it is written on a page, it would be run without npx.
      const words = `${how === 'npx' ? 'npx  carillon' : how} --version | grep -E '^[0-9]+[.]'`;
      const folder = await DocFolder.create();
      try {
        await folder.perform({ kind: 'run', line: 1, path: '', text: words });
      } finally {
        await folder.dispose();
      }
    },
  );
});

describe('readDocPage()', () => {
  test('tells what is run from what is written and what is read', () => {
    const page =
      '```sh\na\n```\n<!-- stop -->\n```sh service\nb\n```\n```ts x.ts\nc\n```\n```json\nd\n```\n```sh fails\ne\n```';
    expect(readDocPage(page).map(({ kind, text, line }) => [kind, text, line])).toEqual([
      ...[['run', 'a', 1] as const, ['stop', '', 4] as const, ['service', 'b', 5] as const],
      ...[['write', 'c', 8] as const, ['fails', 'e', 14] as const],
    ]);
    expect(() => readDocPage('```sh\na')).toThrow('line 1: the block does not end');
  });
});

describe('insertLines()', () => {
  test('puts lines behind the one that stands before them', () => {
    expect(insertLines('a\nb\nc', ' a\n+x\n+y\n b\n+z')).toBe('a\nx\ny\nb\nz\nc');
    expect(() => insertLines('a', ' q\n+x')).toThrow("no line 'q'");
  });
});

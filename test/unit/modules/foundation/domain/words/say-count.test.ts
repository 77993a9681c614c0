import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readTree } from '../../../../../../scripts/source-tree.ts';
import { sayCount } from '../../../../../../src/modules/foundation/domain/words/say-count.ts';

test.each([
  [0, '0 jobs'],
  [1, '1 job'],
  [2, '2 jobs'],
])('sayCount() says %i in the singular where it is one', (count, text) => {
  expect(sayCount(count, 'job')).toBe(text);
});

test('sayCount() takes the verb along', () => {
  expect([1, 3].map((count) => sayCount(count, 'was held', 'were held'))).toEqual(['1 was held', '3 were held']);
});

/** A number of its own before a plural, in a text of ours. */
const BARE_PLURAL =
  /\$\{[^{}]*([.]length|[.]size|\b(count|left|written|started|lines|jobs|total|removed))\} (more |of |log )?[a-z]+s\b/g;
/** There the number is never one. */
const NEVER_ONE = [
  /Holds \$\{count\} occurrences; one backfill/,
  /cut; \$\{text[.]length\} characters/,
  /a schedule has \$\{count\} fields/,
  /length === 1 \? 'a fault'/,
];

test('sayCount() is what every text counts with', () => {
  const root = fileURLToPath(new URL('../../../../../..', import.meta.url));
  const bare = readTree(root, 'src')
    .flatMap(({ path, text }) => text.split('\n').map((line) => `${path}: ${line.trim()}`))
    .filter((line) => line.search(BARE_PLURAL) >= 0 && !NEVER_ONE.some((known) => known.test(line)));
  expect(bare).toEqual([]);
});

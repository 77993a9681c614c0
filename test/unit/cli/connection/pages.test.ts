import { describe, expect, test } from 'vitest';
import { readPages } from '../../../../src/cli/connection/pages.ts';

/** A list of that many numbers, and the questions that were asked of it. */
function listOf(count: number, emptyPages = 0) {
  const asked: { limit: string; cursor?: string }[] = [];
  const ask = async (page: { limit: string; cursor?: string }) => {
    asked.push(page);
    const from = Number(page.cursor ?? 0);
    const size = asked.length <= emptyPages ? 0 : Number(page.limit);
    const items = Array.from({ length: Math.min(size, count - from) }, (_, at) => from + at);
    const next = from + items.length;
    return { items, nextCursor: next < count ? String(next) : null };
  };
  return { asked, ask };
}

describe('readPages()', () => {
  test('asks for one page where not all are wanted, and says that there are more', async () => {
    const { asked, ask } = listOf(80);
    expect(await readPages({ limit: 7 }, ask)).toEqual({ items: [0, 1, 2, 3, 4, 5, 6], nextCursor: '7' });
    expect(asked).toEqual([{ limit: '7' }]);
  });

  test('reads all, in the largest pages that there are, whatever limit was said', async () => {
    const { asked, ask } = listOf(1_001);
    const { items, nextCursor } = await readPages({ limit: 7, all: true }, ask);
    expect(items).toEqual(Array.from({ length: 1_001 }, (_, at) => at));
    expect(nextCursor).toBeNull();
    expect(asked).toEqual([{ limit: '500' }, { limit: '500', cursor: '500' }, { limit: '500', cursor: '1000' }]);
  });

  test('reads on behind a page of which nothing was left', async () => {
    const { ask } = listOf(3, 2);
    expect((await readPages({ limit: 1, all: true }, ask)).items).toEqual([0, 1, 2]);
  });

  test('is no list where a page of it fails', async () => {
    const ask = async ({ cursor }: { cursor?: string }) => {
      if (cursor !== undefined) throw new Error('away');
      return { items: [1], nextCursor: '1' };
    };
    await expect(readPages({ limit: 1, all: true }, ask)).rejects.toThrow('away');
  });
});

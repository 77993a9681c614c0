/** A list's pages as one. */
import type { ListOptions } from '../syntax/list-flags.ts';

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

const LARGEST = 500;

/** @param ask one page: `limit` and `cursor` as the API takes them */
export async function readPages<Item>(
  { limit, all }: ListOptions,
  ask: (page: { limit: string; cursor?: string }) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  if (all !== true) return ask({ limit: String(limit) });
  const items: Item[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await ask({ limit: String(LARGEST), ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return { items, nextCursor: null };
}

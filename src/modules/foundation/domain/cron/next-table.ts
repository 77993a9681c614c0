/**
 * Constant-time answers to "the first allowed value from here on", "the last one up to here" and "how many are below".
 *
 * Invariant: built once from sorted values and never changed. `above[v]` is the least allowed value >= v and `below[v]`
 * the greatest <= v, -1 where there is none; `rank[v]` counts the allowed values < v.
 */
export interface NextTable {
  readonly above: Int16Array;
  readonly below: Int16Array;
  readonly rank: Int16Array;
  readonly first: number;
  readonly last: number;
  readonly size: number;
}

const cache = new Map<string, NextTable>();
const CACHE_LIMIT = 512;

function build(values: readonly number[], limit: number): NextTable {
  const above = new Int16Array(limit + 1).fill(-1);
  const below = new Int16Array(limit + 1).fill(-1);
  const rank = new Int16Array(limit + 1);
  for (const value of values) above[value] = value;
  for (let at = 0; at <= limit; at += 1) {
    const isAllowed = above[at] === at;
    below[at] = isAllowed ? at : at > 0 ? below[at - 1]! : -1;
    if (at < limit) rank[at + 1] = rank[at]! + (isAllowed ? 1 : 0);
  }
  for (let at = limit - 1; at >= 0; at -= 1) if (above[at] === -1) above[at] = above[at + 1]!;
  return { above, below, rank, first: values[0] ?? -1, last: values.at(-1) ?? -1, size: values.length };
}

/** The values as a key: one bit each, in two words. */
function keyOf(values: readonly number[], limit: number): string {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < 30) low |= 1 << value;
    else high |= 1 << (value - 30);
  }
  return `${limit}:${high}:${low}`;
}

/**
 * The table of a sorted list of values below `limit`; shared between schedules where `limit` is at most 60, since most
 * use the same few lists.
 */
export function nextTable(values: readonly number[], limit: number): NextTable {
  if (limit > 60) return build(values, limit);
  const key = keyOf(values, limit);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const table = build(values, limit);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, table);
  return table;
}

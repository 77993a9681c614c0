/** Which of the known names was probably meant: same letters in another spelling first, then few edits away. */

/** @returns the known name nearest to `given`, or null when none is near */
export function closestName(given: string, known: Iterable<string>): string | null {
  const plain = plainForm(given);
  const allowed = Math.max(1, Math.floor(plain.length / 3));
  let best: { name: string; distance: number } | null = null;
  if (given.length > 100) return null;
  for (const name of known) {
    const distance = editDistance(plain, plainForm(name), allowed);
    if (distance <= allowed && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? null;
}

/** `cron_expression`, `Cron-Expression` and `cronExpression` are one name. */
function plainForm(name: string): string {
  return name.toLowerCase().replaceAll(/[_.\s-]/g, '');
}

/** Levenshtein's, with two letters in each other's place counted as one edit; given up beyond `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1, isSwap ? before[j - 2]! + 1 : Infinity));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

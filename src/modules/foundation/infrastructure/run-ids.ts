/**
 * New ids, UUID v7: what is written together stands together in the indexes. Invariant: no two alike, and later ones
 * of one process sort after earlier ones. Randomness is fetched for many at once: a herd takes thousands.
 */
import { v7 } from 'uuid';

const BYTES = 16;
const pool = new Uint8Array(256 * BYTES);
/** Of the id that is being made. */
const random = new Uint8Array(BYTES);
let used = pool.length;
let msecs = 0;
let seq = 0;

export function newRunId(): string {
  takeRandom();
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // The first bit stays free, so that counting on does not begin again within the millisecond.
    seq = ((random[0]! & 0x7f) << 24) | (random[1]! << 16) | (random[2]! << 8) | random[3]!;
  } else {
    seq += 1;
  }
  return v7({ random, msecs, seq });
}

function takeRandom(): void {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  for (let at = 0; at < BYTES; at += 1) random[at] = pool[used + at]!;
  used += BYTES;
}

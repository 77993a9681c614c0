/**
 * A hash that is the same in every process, runtime and version: what spreads `H` and jitter.
 *
 * Invariant: the numbers that it gives never change; rows in a database depend on them.
 */

const BASIS = 0x81_1c_9d_c5;

/** How far a hash has come after a text, for many that begin with it. @param begun how far it had come before */
export function hashBegun(text: string, begun: number = BASIS): number {
  let hash = begun;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return hash;
}

/** FNV-1a over UTF-16 code units with murmur3's finalizer; 32 bits, unsigned. @param begun by what comes before, `hashBegun` */
export function stableHash(text: string, begun: number = BASIS): number {
  let hash = hashBegun(text, begun);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Measures an operation beside its peers.
 *
 * Invariant: each contender runs for the same time after the same warm-up, in turns, and the best turn counts; what an
 * operation answers is summed up, so that nothing is optimized away.
 */
export interface Contender {
  readonly name: string;
  /** One operation; returns a number that depends on its answer. */
  readonly run: () => number;
}

export interface Measured {
  readonly name: string;
  readonly opsPerS: number;
}

let sink = 0;

function turn(run: () => number, forMs: number): number {
  let operations = 0;
  let batch = 1;
  const start = performance.now();
  let now = start;
  while (now - start < forMs) {
    for (let index = 0; index < batch; index += 1) sink += run();
    operations += batch;
    now = performance.now();
    if (now - start < forMs / 20) batch *= 2;
  }
  return (operations / (now - start)) * 1000;
}

/** Operations a second of each contender, best of five turns. */
export function measure(contenders: readonly Contender[], turnMs = 150): Measured[] {
  const best = contenders.map(({ name }) => ({ name, opsPerS: 0 }));
  for (const { run } of contenders) turn(run, turnMs / 2);
  for (let round = 0; round < 5; round += 1) {
    for (const [index, { run }] of contenders.entries()) {
      best[index]!.opsPerS = Math.max(best[index]!.opsPerS, turn(run, turnMs));
    }
  }
  return best;
}

const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Prints a table: ours first, and how many times faster it is than each peer. */
export function report(title: string, measured: readonly Measured[]): void {
  const [ours] = measured;
  process.stdout.write(`\n${title}\n`);
  for (const { name, opsPerS } of measured) {
    const ratio = name === ours!.name ? '' : `   ours is ${(ours!.opsPerS / opsPerS).toFixed(1)} x`;
    process.stdout.write(`  ${name.padEnd(16)} ${grouped(opsPerS).padStart(14)} ops/s${ratio}\n`);
  }
}

/** What kept the answers alive; print it once. */
export function checksum(): number {
  return sink % 1000;
}

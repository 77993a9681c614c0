/** What the log says of the runs that a stop waits for. @param graceMs how long it waits, in milliseconds */
export function sayUnderWay(count: number, graceMs: number): string {
  const grace = graceMs < 1_000 ? `${graceMs} ms` : `${Math.round(graceMs / 100) / 10} s`;
  return count === 1
    ? `1 run is under way; it may take ${grace} to end.`
    : `${count} runs are under way; they may take ${grace} to end.`;
}

/** What the log says of the runs that a stop waits for. @param graceMs how long it waits, in milliseconds */
export function sayUnderWay(count: number, graceMs: number): string {
  const [runs, they] = count === 1 ? ['run is', 'it'] : ['runs are', 'they'];
  return `${count} ${runs} under way; ${they} may take ${graceMs / 1_000} s to end.`;
}

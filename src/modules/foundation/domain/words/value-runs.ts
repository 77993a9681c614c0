/**
 * Numbers as a person lists them: single values, ranges, and one long stride.
 *
 * Invariant: runs expand to exactly the values they came from, so that no wording built on them can lose one.
 */

/** From `from` to `to`, both included, in steps of `step`; a single value has `from` = `to`. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Up to this many values a stride is listed: "0, 5 and 10" is clearer than "0 to 10 in steps of 5". */
const LISTED = 6;
const SHORTEST_RANGE = 3;

/** The common difference of ascending values; null where they have none. */
export function strideOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const step = values[1]! - values[0]!;
  return values.every((value, index) => value === values[0]! + index * step) ? step : null;
}

function contiguous(values: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && last.to + 1 === value) runs[runs.length - 1] = { ...last, to: value };
    else runs.push({ from: value, to: value, step: 1 });
  }
  return runs;
}

/** Splits a range of two back into its values: nobody says "1 to 2". */
function split(run: Run): Run[] {
  if (run.to - run.from + 1 >= SHORTEST_RANGE || run.from === run.to) return [run];
  return [run.from, run.to].map((value) => ({ from: value, to: value, step: 1 }));
}

/** The runs of ascending, distinct values. */
export function runsOf(values: readonly number[]): readonly Run[] {
  const stride = strideOf(values);
  if (stride !== null && stride > 1 && values.length > LISTED) {
    return [{ from: values[0]!, to: values.at(-1)!, step: stride }];
  }
  return contiguous(values).flatMap(split);
}

/** The only value of runs that hold just one. */
export function onlyValue(runs: readonly Run[]): number | null {
  const [run] = runs;
  return runs.length === 1 && run!.from === run!.to ? run!.from : null;
}

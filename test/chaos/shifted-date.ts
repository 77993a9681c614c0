/**
 * A wall clock that can be stepped while the process runs: `Date` itself, so that every library sees it. Owns the
 * replacement of `globalThis.Date`; the monotonic clock, and `machineNow`, stay what they are.
 */

/** Milliseconds since 1970 by the machine's clock at the start of the process, carried on by the monotonic one. */
export function machineNow(): number {
  return performance.timeOrigin + performance.now();
}

let stepMs = 0;

/** From now on `Date` says this much more, or less, than the machine. */
export function stepWallClock(byMs: number): void {
  stepMs = byMs;
}

/** Replaces `Date`. To be called before anything else is imported. */
export function installSteppableClock(): void {
  const RealDate = Date;
  const now = (): number => RealDate.now() + stepMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
    apply: () => new RealDate(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
  });
}

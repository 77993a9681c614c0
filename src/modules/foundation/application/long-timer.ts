/** A wake-up at any distance, over timers that never sleep longer than 30 s. Measured by the monotonic clock. */
import type { Clock } from './ports/clock.ts';
import type { CancelTimer, Timers } from './ports/timers.ts';

/** Calls back once, `delayMs` of elapsed time from now or a little later; never earlier. */
export function startLongTimer(
  time: { clock: Clock; timers: Timers },
  delayMs: number,
  callback: () => void,
): CancelTimer {
  const endsAt = time.clock.monotonicMs() + delayMs;
  let cancel: CancelTimer = () => {};
  const arm = (): void => {
    const left = endsAt - time.clock.monotonicMs();
    if (left <= 0) callback();
    else cancel = time.timers.wakeAfter(left, arm);
  };
  cancel = time.timers.wakeAfter(delayMs, arm);
  return () => cancel();
}

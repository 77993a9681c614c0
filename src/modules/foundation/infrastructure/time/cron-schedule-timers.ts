/**
 * Wake-ups through cron-schedule's timer scheduler. It is handed an instant of ours, never an expression, and never one
 * further than 30 s away: beyond 24.8 days it loses the handle of its timer, and a longer sleep would outlast a suspended
 * laptop or a stepped clock unnoticed.
 */
import type { Cron } from 'cron-schedule';
import { TimerBasedCronScheduler } from 'cron-schedule/schedulers/timer-based.js';
import type { CancelTimer, Timers } from '../../application/ports/timers.ts';

export const LONGEST_SLEEP_MS = 30_000;

export class CronScheduleTimers implements Timers {
  wakeAfter(delayMs: number, callback: () => void): CancelTimer {
    // Not less than 1 ms: the library subtracts the clock again, which may have gone on, and Node warns of negative delays.
    const wakeAt = new Date(Date.now() + Math.ceil(Math.min(Math.max(delayMs, 1), LONGEST_SLEEP_MS)));
    const instant: Pick<Cron, 'getNextDate'> = { getNextDate: () => wakeAt };
    const handle = TimerBasedCronScheduler.setTimeout(instant as Cron, callback, {
      errorHandler: (error) => {
        throw error;
      },
    });
    return () => TimerBasedCronScheduler.clearTimeoutOrInterval(handle);
  }
}

/** Wake-ups. A wake-up may come late, and never early; what was due is decided by whoever is woken. */
export type CancelTimer = () => void;

export interface Timers {
  /** Calls back once, `delayMs` from now. A negative delay is 0; one longer than 30 s is cut to 30 s. */
  wakeAfter(delayMs: number, callback: () => void): CancelTimer;
}

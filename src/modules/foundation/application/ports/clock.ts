/** What time it is here. The database's clock decides what is due (`DatabaseTime`); this one only measures and wakes. */
export interface Clock {
  /** Wall-clock milliseconds since 1970. May jump. */
  now(): number;
  /** Milliseconds since some fixed point. Never jumps, never goes back. */
  monotonicMs(): number;
}

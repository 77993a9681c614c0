/** What a whole deployment says of jobs that do not say it themselves. */
import type { Dialect } from '../domain/schedule.ts';

export interface JobDefaults {
  readonly timezone: string;
  readonly dialect?: Dialect;
  /** How often due occurrences are looked for, in milliseconds; left out: they are looked at when they are due. */
  readonly sweepIntervalMs?: number;
}

/** What may be chosen of the log. Apart from the log itself, so that settings are read without it. */
import type { LogLevel } from '@logtape/logtape';

export const LOG_LEVELS = ['debug', 'info', 'warning', 'error'] as const satisfies LogLevel[];
export const LOG_FORMATS = ['text', 'json'] as const;

export interface LogSettings {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
}

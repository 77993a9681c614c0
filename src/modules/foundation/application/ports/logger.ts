/** Structured log: one line a fact. A line says the consequence, and what will heal it. Never throws. */
export type LogProperties = Record<string, unknown>;

export interface Logger {
  debug(message: string, properties?: LogProperties): void;
  info(message: string, properties?: LogProperties): void;
  warn(message: string, properties?: LogProperties): void;
  error(message: string, properties?: LogProperties): void;
  /** The same log, with these properties on each line. */
  with(properties: LogProperties): Logger;
}

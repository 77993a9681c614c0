/** The log as an array of lines. */
import type { Logger, LogProperties } from '../modules/foundation/application/ports/logger.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly properties: LogProperties;
}

export class InMemoryLogger implements Logger {
  readonly lines: LogLine[];
  readonly #properties: LogProperties;

  constructor(lines: LogLine[] = [], properties: LogProperties = {}) {
    this.lines = lines;
    this.#properties = properties;
  }

  debug(message: string, properties: LogProperties = {}): void {
    this.#add('debug', message, properties);
  }

  info(message: string, properties: LogProperties = {}): void {
    this.#add('info', message, properties);
  }

  warn(message: string, properties: LogProperties = {}): void {
    this.#add('warn', message, properties);
  }

  error(message: string, properties: LogProperties = {}): void {
    this.#add('error', message, properties);
  }

  with(properties: LogProperties): Logger {
    return new InMemoryLogger(this.lines, { ...this.#properties, ...properties });
  }

  #add(level: LogLine['level'], message: string, properties: LogProperties): void {
    this.lines.push({ level, message, properties: { ...this.#properties, ...properties } });
  }
}

/**
 * The log, through LogTape: one line a fact, JSON for machines or text for a terminal. Invariant: what looks like a secret
 * is masked before it is written, and writing never throws; a line that nobody reads costs nothing.
 */
import {
  configure,
  dispose,
  getConsoleSink,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type Logger as LogTape,
  type TextFormatter,
} from '@logtape/logtape';
import type { Logger, LogProperties } from '../../application/ports/logger.ts';
import { describeError } from '../../domain/describe-error.ts';
import type { JsonObject } from '../../domain/job-definition.ts';
import type { LogSettings } from './log-settings.ts';
import { maskSecrets } from '../../domain/mask-secrets.ts';
import { maskUrlSecrets } from '../../domain/url-secrets.ts';
import { toJson } from '../../domain/to-json.ts';

/** Sets the log up for the whole process. Setting it up again replaces what was. */
export async function configureLogging({ level, format }: LogSettings): Promise<void> {
  await configure({
    reset: true,
    sinks: { console: getConsoleSink({ formatter: format === 'json' ? jsonLines : textLines() }) },
    loggers: [
      { category: ['logtape', 'meta'], lowestLevel: 'error', sinks: ['console'] },
      { category: ['carillon'], lowestLevel: level, sinks: ['console'] },
    ],
  });
}

/** Writes what is still buffered. */
export async function closeLogging(): Promise<void> {
  await dispose();
}

const jsonLines = getJsonLinesFormatter({ properties: 'flatten', message: 'rendered' });

function textLines(): TextFormatter {
  return getTextFormatter({
    timestamp: 'rfc3339',
    format: ({ timestamp, level, message, record }) => {
      const properties = Object.entries(record.properties).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
      return `${timestamp} ${level} ${message}${properties.join('')}`;
    },
  });
}

export class LogTapeLogger implements Logger {
  readonly #log: LogTape;
  /** Of every line. Made printable with the first: most runs write none. */
  readonly #own: LogProperties | null;
  #printing: LogTape | null = null;

  constructor(log: LogTape = getLogger(['carillon']), own: LogProperties | null = null) {
    this.#log = log;
    this.#own = own;
  }

  debug(message: string, properties?: LogProperties): void {
    this.#write('debug', message, properties);
  }

  info(message: string, properties?: LogProperties): void {
    this.#write('info', message, properties);
  }

  warn(message: string, properties?: LogProperties): void {
    this.#write('warn', message, properties);
  }

  error(message: string, properties?: LogProperties): void {
    this.#write('error', message, properties);
  }

  with(properties: LogProperties): Logger {
    return new LogTapeLogger(this.#printingLog(), { ...properties });
  }

  #printingLog(): LogTape {
    if (this.#own === null) return this.#log;
    this.#printing ??= this.#log.with(printable(this.#own));
    return this.#printing;
  }

  /** Braces in a message would be read as placeholders: they are doubled, the text stays as it is. */
  #write(level: 'debug' | 'info' | 'warn' | 'error', message: string, properties: LogProperties = {}): void {
    if (!this.#log.isEnabledFor(level === 'warn' ? 'warning' : level)) return;
    this.#printingLog()[level](
      maskUrlSecrets(String(message)).replaceAll('{', '{{').replaceAll('}', '}}'),
      printable(properties),
    );
  }
}

/** What a line has of its own; a property of that name would take its place. */
const OWN_NAMES = new Set(['@timestamp', 'level', 'message', 'logger']);

/** As JSON first: a job may log a cycle, a BigInt or a getter that throws. An error at the top keeps its stack. */
function printable(properties: LogProperties): LogProperties {
  const printed: JsonObject = {};
  for (const key of Object.keys(properties)) {
    const value = read(properties, key);
    if (value === undefined) continue;
    printed[OWN_NAMES.has(key) ? `${key}_` : key] = value instanceof Error ? errorText(value) : toJson(value);
  }
  return maskSecrets(printed);
}

function read(properties: LogProperties, key: string): unknown {
  try {
    return properties[key];
  } catch (error) {
    return describeError(error).message;
  }
}

function errorText(error: Error): string {
  const { message, stack } = describeError(error);
  if (stack === null) return message;
  return stack.includes(message) ? stack : `${message}\n${stack}`;
}

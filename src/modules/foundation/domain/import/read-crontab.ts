/**
 * A crontab file as rows, ready to become jobs.
 *
 * Invariant: nothing is lost and nothing is guessed. Every line of the text ends as exactly one row, setting, comment or
 * fault, in order; a blank line is a comment without text.
 */
import { isStorableText } from '../storable-json.ts';
import { readEntry } from './crontab-entry.ts';
import { readSetting } from './crontab-setting.ts';
import { checkZone, CrontabZone } from './crontab-zone.ts';
import { nameOf, shortHash, slugOf, UniqueIds } from './imported-job-id.ts';
import { readPercent } from './percent-input.ts';

export interface CrontabRow {
  readonly kind: 'row';
  /** 1-based. */
  readonly line: number;
  /** From the command, and the user where there is one; the same at each import of the same lines. */
  readonly jobId: string;
  readonly jobName: string;
  readonly cronExpression: string;
  readonly dialect: 'unix';
  readonly timezone: string;
  /** null: the file has no column for it. */
  readonly user: string | null;
  readonly command: string;
  /** What the command reads on its standard input; null: nothing. */
  readonly stdin: string | null;
  /** The environment lines above this one, `TZ` among them, without `CRON_TZ`. */
  readonly env: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export interface CrontabFault {
  readonly kind: 'fault';
  readonly line: number;
  readonly text: string;
  readonly message: string;
  /** Offset in the line, 0-based. */
  readonly position: number;
  readonly hint?: string;
}

export type CrontabLine =
  | CrontabRow
  | CrontabFault
  | { readonly kind: 'setting'; readonly line: number; readonly name: string; readonly value: string }
  | { readonly kind: 'comment'; readonly line: number; readonly text: string };

export interface CrontabOptions {
  /** The zone of the machine that ran this crontab: an IANA name. */
  readonly timezone: string;
  /** Whether a user stands before each command, as in /etc/crontab and /etc/cron.d. Default false. */
  readonly user?: boolean;
}

export interface CrontabReading {
  readonly lines: readonly CrontabLine[];
  readonly rows: readonly CrontabRow[];
  readonly faults: readonly CrontabFault[];
}

/** The word that names what a command runs: no `cd … &&`, no assignments in front. */
function programOf(command: string): string {
  const bare = command.replace(/^cd\s+\S+\s*(?:&&|;)\s*/, '').replace(/^(?:[A-Za-z_]\w*=\S*\s+)+/, '');
  return bare.split(/\s/, 1)[0]!.split('/').at(-1)!;
}

class CrontabReader {
  readonly #zone: CrontabZone;
  readonly #hasUser: boolean;
  readonly #ids = new UniqueIds();

  constructor(options: CrontabOptions) {
    this.#zone = new CrontabZone(options.timezone);
    this.#hasUser = options.user ?? false;
  }

  read(text: string, line: number): CrontabLine {
    if (/^\s*(?:#|$)/.test(text)) return { kind: 'comment', line, text };
    if (!isStorableText(text)) {
      return { kind: 'fault', line, text, message: 'holds a NUL character or half a surrogate pair', position: 0 };
    }
    const setting = readSetting(text);
    if (setting === null) return this.#readJob(text, line);
    if (typeof setting === 'string') return { kind: 'fault', line, text, message: setting, position: 0 };
    const refusal = this.#zone.set(setting.name, setting.value, line);
    if (refusal === null) return { kind: 'setting', line, ...setting };
    const hint = "say an IANA name like 'Europe/Berlin'; the jobs below it are refused until it is one";
    return { kind: 'fault', line, text, message: refusal, position: text.indexOf('=') + 1, hint };
  }

  #readJob(text: string, line: number): CrontabLine {
    const zone = this.#zone.at();
    if (zone.timezone === null) {
      const message = `its time zone, ${zone.from} in line ${zone.line}, is unknown`;
      return { kind: 'fault', line, text, message, position: 0 };
    }
    const entry = readEntry(text, zone.timezone, this.#hasUser);
    if ('message' in entry) return { kind: 'fault', line, text, ...entry };
    const { cronExpression, user, command: written } = entry;
    const wanted = `${slugOf(programOf(written))}-${shortHash(user === null ? written : `${user}\u0000${written}`)}`;
    const input = readPercent(written);
    const assumed = `TZ in line ${zone.line} is taken as the schedule's zone too; some crons keep the machine's for that.`;
    return {
      kind: 'row',
      line,
      jobId: this.#ids.take(wanted),
      jobName: nameOf(input.command),
      cronExpression,
      dialect: 'unix',
      timezone: zone.timezone,
      user,
      ...input,
      env: this.#zone.env,
      warnings: zone.from === 'TZ' ? [...entry.warnings, assumed] : entry.warnings,
    };
  }
}

/**
 * Reads a crontab, of a user or of the system (crontab(5), as vixie cron and cronie read it). `CRON_TZ` and `TZ` change
 * the zone of the lines below them, `CRON_TZ` before `TZ`; an empty one gives it back. `@reboot` is a fault with a hint.
 * @param text the whole file, with any line ends
 * @throws {ScheduleError} TIMEZONE_UNKNOWN for `options.timezone`; for nothing in the text
 */
export function readCrontab(text: string, options: CrontabOptions): CrontabReading {
  checkZone(options.timezone);
  const reader = new CrontabReader(options);
  const texts = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (texts.at(-1) === '') texts.pop();
  const lines = texts.map((line, index) => reader.read(line, index + 1));
  return {
    lines,
    rows: lines.filter((line) => line.kind === 'row'),
    faults: lines.filter((line) => line.kind === 'fault'),
  };
}

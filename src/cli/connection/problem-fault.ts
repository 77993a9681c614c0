/** A problem document (RFC 9457) as a fault of a command: every field's fault on a line, and the exit status it means. */
import type { ProblemJson } from '../../modules/foundation/interface/http/contracts/problem.ts';
import { CommandFault } from '../command-fault.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';

export function problemFault(status: number, text: string): CommandFault {
  const problem = readProblem(text);
  if (problem === null) {
    return new CommandFault(statusOf(status), `The service answered with status ${status}, and without a reason.`);
  }
  const errors = problem.errors ?? [];
  const readings = (problem.readings ?? []).map(
    ({ dialect, next, say }) => `  as ${dialect}: ${next.join(', ')} …  say ${say}`,
  );
  const details = [...errors.map(fieldLine), ...readings, ...adviceOf(status)];
  const message = errors.length === 0 ? problem.detail : `${problem.title}:`;
  return new CommandFault(statusOf(status), message, { details, problem, code: problem.code });
}

type FieldFault = NonNullable<ProblemJson['errors']>[number];

function fieldLine({ path, message, hint }: FieldFault): string {
  const where = path === '' ? '' : `${path}: `;
  return `  ${where}${message}${hint === undefined || message.includes(hint) ? '' : ` (${hint})`}`;
}

function statusOf(status: number): ExitStatus {
  if (status === 401 || status === 403 || status === 429) return EXIT.notAllowed;
  return status >= 502 && status <= 504 ? EXIT.away : EXIT.refused;
}

function adviceOf(status: number): string[] {
  if (status !== 401) return [];
  return ['Say a token with --token or CARILLON_TOKEN. One made at the first start is in ./data/admin-token there.'];
}

function readProblem(text: string): ProblemJson | null {
  try {
    const value: unknown = JSON.parse(text);
    return isProblem(value) ? value : null;
  } catch {
    // A proxy's page, most likely: its status is all there is to tell.
    return null;
  }
}

/** Others answer with JSON too, and with other things under these names. */
function isProblem(value: unknown): value is ProblemJson {
  if (typeof value !== 'object' || value === null) return false;
  const { code, title, detail, errors = [], readings = [] } = value as Readonly<Record<string, unknown>>;
  if (![code, title, detail].every(isText)) return false;
  return isListOf(errors, isFieldFault) && isListOf(readings, isReading);
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isReading(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { dialect, next, say } = value as Readonly<Record<string, unknown>>;
  return isText(dialect) && isText(say) && isListOf(next, isText);
}

function isFieldFault(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { path, message, hint = '' } = value as Readonly<Record<string, unknown>>;
  return [path, message, hint].every(isText);
}

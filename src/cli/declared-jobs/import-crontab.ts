/**
 * A crontab's lines as jobs. Invariant: nothing is run that the line did not say. A plain `curl` becomes the request that it
 * makes; any other command needs a function of one's own, and is never guessed at.
 */
import { type CrontabRow, readCrontab } from '../../modules/foundation/domain/import/read-crontab.ts';
import { readCurl } from './read-curl.ts';
import type { ImportedJob, ImportReading } from './imported-job.ts';

export interface CrontabImportOptions {
  readonly timezone: string;
  readonly user: boolean;
  /** The function that is given commands. */
  readonly handler: string | null;
}

/** @throws ScheduleError TIMEZONE_UNKNOWN */
export function importCrontabText(text: string, { timezone, user, handler }: CrontabImportOptions): ImportReading {
  const { rows, faults } = readCrontab(text, { timezone, user });
  return {
    jobs: rows.map((row) => toImported(row, handler)),
    faults: faults.map(({ line, text: written, message, hint }) => ({
      from: `line ${line}`,
      text: written,
      message: hint === undefined ? message : `${message} (${hint})`,
    })),
  };
}

function toImported(row: CrontabRow, handler: string | null): ImportedJob {
  const { line, jobId, jobName, cronExpression, dialect, timezone, command, user } = row;
  const asUser = user === null ? '' : ` as ${user}`;
  const work = workOf(row, handler);
  return {
    from: `line ${line}`,
    jobId,
    fields: {
      ...{ jobName, cronExpression, dialect, timezone },
      ...work.fields,
      notes: `crontab line ${line}${asUser}: ${command}`.slice(0, 2_000),
    },
    runs: work.runs,
    warnings: [...row.warnings, ...(user === null ? [] : [`It ran as ${user}; a job runs as the service does.`])],
  };
}

function workOf(row: CrontabRow, handler: string | null): { fields: Record<string, unknown>; runs: string } {
  const { command, stdin, env } = row;
  const request = stdin === null ? readCurl(command) : null;
  if (request !== null) {
    return {
      fields: { handler: 'http.request', jobKwargs: request },
      runs: `${request.method ?? 'GET'} ${request.url}`,
    };
  }
  const jobKwargs = {
    command,
    ...(stdin === null ? {} : { stdin }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
  return { fields: { ...(handler === null ? {} : { handler }), jobKwargs }, runs: command };
}

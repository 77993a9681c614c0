/**
 * `carillon import`: what jobs from elsewhere would become. Invariant: every line or job of the source is accounted for, as
 * a job or with the reason why it is none; nothing is created unless that is asked for.
 */
import { styleText } from 'node:util';
import { ScheduleError } from '../../modules/foundation/domain/schedule.ts';
import { describeSchedule } from '../../modules/foundation/domain/words/describe-schedule.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import { reach } from '../connection/api.ts';
import { importApschedulerJobs } from '../declared-jobs/import-apscheduler.ts';
import { importCrontabText } from '../declared-jobs/import-crontab.ts';
import type { ImportedJob, ImportReading } from '../declared-jobs/imported-job.ts';
import { handlerNamed, readHandlers } from '../declared-jobs/plan-changes.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { machineZone } from '../output/instants.ts';
import { oneLine } from '../output/one-line.ts';
import { renderTable, shorten } from '../output/table.ts';
import { applyText } from './apply-jobs.ts';
import { jobsYaml } from './export-jobs.ts';
import { readNamed, writeNamed } from './named-file.ts';
import { sayCount } from '../../modules/foundation/domain/words/say-count.ts';

export interface ImportOptions {
  readonly timezone?: string;
  readonly user?: boolean;
  readonly handler?: string;
  readonly out?: string;
  readonly apply?: boolean;
}

export async function importCrontab(
  context: CommandContext,
  path: string,
  options: ImportOptions,
): Promise<ExitStatus> {
  const text = await readNamed(path);
  const { timezone = machineZone(), user = false, handler = null } = options;
  try {
    return await tell(context, importCrontabText(text, { timezone, user, handler }), options);
  } catch (error) {
    if (error instanceof ScheduleError) throw new CommandFault(EXIT.usage, `--timezone: ${error.message}`);
    throw error;
  }
}

export async function importApscheduler(
  context: CommandContext,
  source: string,
  options: ImportOptions,
): Promise<ExitStatus> {
  const text = /^https?:\/\//.test(source) ? await (await reach(source)).text() : await readNamed(source);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandFault(EXIT.usage, `${source} holds no JSON: ${String(error)}`);
  }
  return tell(context, importApschedulerJobs(value, options.timezone ?? machineZone()), options);
}

async function tell(context: CommandContext, reading: ImportReading, options: ImportOptions): Promise<ExitStatus> {
  if (options.apply === true) return create(context, reading);
  if (context.isJson) printJson(context, { jobs: reading.jobs.map(toDeclared), faults: reading.faults });
  else show(context, reading);
  if (options.out !== undefined) {
    await writeNamed(options.out, jobsYaml(reading.jobs.map(toDeclared)));
    context.remark(
      `${sayCount(reading.jobs.length, 'job')} written to ${options.out}; 'carillon apply ${options.out}' makes ${reading.jobs.length === 1 ? 'it' : 'them'}.`,
    );
  }
  return statusOf(reading);
}

/** Those whose function exists; the others are named. */
async function create(context: CommandContext, { jobs, faults }: ImportReading): Promise<ExitStatus> {
  const handlers = await readHandlers(await context.api());
  const canRun = ({ jobId, fields }: ImportedJob): boolean => handlers.has(handlerNamed(jobId, fields));
  const left = jobs.filter((job) => !canRun(job));
  const unfit = left.map(({ from, runs, jobId, fields }) => ({
    ...{ from, text: runs },
    message: `no module registers a function '${handlerNamed(jobId, fields)}' that would run it`,
  }));
  const text = jobsYaml(jobs.filter(canRun).map(toDeclared));
  const status = await applyText(context, { text, name: 'the import' }, {});
  for (const line of faultLines([...faults, ...unfit])) context.remark(line);
  return faults.length + unfit.length > 0 ? EXIT.refused : status;
}

function show(context: CommandContext, { jobs, faults }: ImportReading): void {
  if (jobs.length > 0) {
    const rows = jobs.map((job) => [job.from, job.jobId, whenOf(job), shorten(oneLine(job.runs), 60)]);
    context.print(renderTable(['FROM', 'JOB', 'WHEN', 'RUNS'], rows));
  }
  for (const { from, warnings } of jobs) {
    for (const warning of warnings) context.remark(styleText('yellow', `${from}: ${oneLine(warning)}`));
  }
  for (const line of faultLines(faults)) context.remark(line);
  if (jobs.length + faults.length === 0) context.remark('There is no job in it.');
}

function whenOf({ fields }: ImportedJob): string {
  const { cronExpression, dialect, timezone } = fields as Record<'cronExpression' | 'timezone', string> & {
    dialect: 'unix' | 'apscheduler';
  };
  return describeSchedule({ text: cronExpression, dialect, timezone }, 'en');
}

function faultLines(faults: ImportReading['faults']): string[] {
  return faults.map(({ from, text, message }) =>
    styleText('red', oneLine(`${from}: ${message}${text === '' ? '' : `: ${text}`}`)),
  );
}

function toDeclared({ jobId, fields }: ImportedJob): Record<string, unknown> {
  return { jobId, ...fields };
}

function statusOf({ faults }: ImportReading): ExitStatus {
  return faults.length === 0 ? EXIT.ok : EXIT.refused;
}

/** `carillon preview`: when a schedule fires, worked out on this machine by the code that the service runs. */
import { styleText } from 'node:util';
import { previewSchedule, type SchedulePreview } from '../../modules/foundation/application/schedule-preview.ts';
import { InvalidInputError } from '../../modules/foundation/domain/errors.ts';
import type { DstGap, DstOverlap, Dialect, Schedule } from '../../modules/foundation/domain/schedule.ts';
import { describeSchedule } from '../../modules/foundation/domain/words/describe-schedule.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import { EXIT } from '../exit-status.ts';
import { distanceText, wallText, weekdayText } from '../output/instants.ts';
import { warningLines } from '../output/job-lines.ts';
import { renderTable } from '../output/table.ts';
import { readInstant } from '../read-instant.ts';

export interface PreviewOptions {
  readonly timezone?: string;
  readonly dialect?: Dialect;
  readonly count: number;
  readonly from?: string;
  readonly dstGap?: DstGap;
  readonly dstOverlap?: DstOverlap;
  readonly job?: string;
}

/** As the service has it where `DEFAULT_TIMEZONE` is not set. */
const DEFAULT_TIMEZONE = 'Asia/Shanghai';

export async function preview(context: CommandContext, text: string, options: PreviewOptions): Promise<void> {
  const nowMs = Date.now();
  const found = read(text, options, nowMs);
  // An instant is an RFC 3339 text in JSON: this is what the API answers.
  if (context.isJson) printJson(context, found);
  else context.print(previewLines(found, options.from === undefined ? nowMs : null).join('\n'));
}

function read(text: string, { from, job, count, ...rules }: PreviewOptions, nowMs: number): SchedulePreview {
  const timezone = rules.timezone ?? (process.env['DEFAULT_TIMEZONE'] || DEFAULT_TIMEZONE);
  const dialect = (process.env['CRON_DIALECT'] || undefined) as Dialect | undefined;
  const request = {
    ...{ cronExpression: text, count, ...rules, timezone },
    ...(from === undefined ? {} : { from: readInstant(from, timezone) }),
    ...(job === undefined ? {} : { jobId: job }),
  };
  try {
    return previewSchedule(request, {
      ...{ nowMs, timezone, createdAt: null, describe },
      ...(dialect === undefined ? {} : { dialect }),
    });
  } catch (error) {
    if (error instanceof InvalidInputError) throw unreadable(text, error);
    throw error;
  }
}

function describe(schedule: Schedule): { description: string; descriptionZh: string } {
  return { description: describeSchedule(schedule, 'en'), descriptionZh: describeSchedule(schedule, 'zh-CN') };
}

/** The text with a mark under its first wrong character. */
function unreadable(text: string, { code, message, errors }: InvalidInputError): CommandFault {
  const details = errors.flatMap((error) => [
    ...(error.position === undefined ? [] : [`  ${text}`, `  ${' '.repeat(error.position)}^`]),
    `  ${error.message}`,
    ...(error.hint === undefined || error.message.includes(error.hint) ? [] : [`  ${error.hint}`]),
  ]);
  return new CommandFault(EXIT.refused, `'${text}' cannot be scheduled:`, {
    ...{ details, code, problem: { code, detail: message, errors } },
  });
}

function previewLines(found: SchedulePreview, nowMs: number | null): string[] {
  const rows = found.details.map(({ at, note }, index) => {
    const instant = at.toISOString();
    const distance = index === 0 && nowMs !== null ? distanceText(instant, nowMs) : '';
    return [
      weekdayText(instant, found.timezone),
      wallText(instant, found.timezone),
      instant.replace('.000Z', 'Z'),
      note === null ? distance : { ours: styleText('yellow', note) },
    ];
  });
  return [
    found.description ?? '',
    found.descriptionZh ?? '',
    styleText('dim', `read as ${found.dialect}`),
    ...(rows.length === 0 ? [] : ['', renderTable(['', found.timezone, 'UTC', ''], rows)]),
    ...warningLines(found.warnings),
  ];
}

/** Jobs as a person reads them. */
import { styleText } from 'node:util';
import type { JobDetailJson, JobJson } from '../connection/answers.ts';
import { DEFAULT_POLICIES } from '../../modules/foundation/domain/job-config.ts';
import { colouredWord } from './coloured-word.ts';
import { distanceText, wallText } from './instants.ts';
import { oneLine } from './one-line.ts';
import { type Cell, renderPairs, renderTable, shorten } from './table.ts';

const STATE_COLOURS = {
  active: 'green',
  neverRan: 'green',
  paused: 'yellow',
  disabled: 'dim',
  late: 'yellow',
  failing: 'red',
  invalid: 'red',
  unresolved: 'red',
} as const satisfies Record<JobJson['state'], string>;

/** Policies that stand in the view under a line of their own, or nowhere. */
const SHOWN_ELSEWHERE = new Set(['enabled', 'jobKwargs', 'handler', 'tags', 'notes']);

export function stateText(state: JobJson['state']): string {
  return colouredWord(STATE_COLOURS, state);
}

export function jobTable(jobs: readonly JobJson[]): string {
  const rows = jobs.map((job) => [
    job.jobId,
    { ours: stateText(job.state) },
    shorten(job.description ?? job.cronExpression, 60),
    wallText(job.nextRunAt, job.timezone),
    wallText(job.lastRunAt, job.timezone),
  ]);
  return renderTable(['JOB', 'STATE', 'WHEN', 'NEXT RUN', 'LAST RUN'], rows);
}

export function jobDetail(job: JobDetailJson, nowMs: number): string {
  const next = job.nextOccurrences.map(
    (at, index) => `  ${wallText(at, job.timezone)}${index === 0 ? `  ${distanceText(at, nowMs)}` : ''}`,
  );
  return [
    renderPairs(pairsOf(job)),
    ...(next.length === 0 ? [] : ['', 'Next occurrences', ...next]),
    ...warningLines(job.warnings),
  ].join('\n');
}

export function warningLines(warnings: readonly string[]): string[] {
  if (warnings.length === 0) return [];
  return ['', 'Warnings', ...warnings.map((warning) => styleText('yellow', `  ${oneLine(warning)}`))];
}

function pairsOf(job: JobDetailJson): [string, Cell][] {
  const reason = job.stateReason === null ? '' : `: ${job.stateReason}`;
  return [
    ['Job', job.jobId],
    ['Name', job.jobName === job.jobId ? '' : job.jobName],
    ['State', { ours: `${stateText(job.state)}${oneLine(reason)}` }],
    ['Schedule', `${job.cronExpression}  (${job.dialect}, ${job.timezone})`],
    ['', job.description ?? ''],
    ['', job.descriptionZh ?? ''],
    ['Runs', job.handler ?? job.jobId],
    ['With', JSON.stringify(job.jobKwargs)],
    ['Last run', wallText(job.lastRunAt, job.timezone)],
    ['Last success', wallText(job.lastSuccessAt, job.timezone)],
    ...policyPairs(job),
    ['Tags', job.tags.join(', ')],
    ['Notes', job.notes ?? ''],
    ['Revision', String(job.revision)],
  ].filter((pair): pair is [string, Cell] => pair[1] !== '');
}

/** Those that differ from the default; a service of another version may lack some. */
function policyPairs(job: JobDetailJson): [string, string][] {
  return Object.entries(DEFAULT_POLICIES).flatMap(([field, standard]): [string, string][] => {
    const value = job[field as keyof typeof DEFAULT_POLICIES];
    if (SHOWN_ELSEWHERE.has(field) || value === standard || value === undefined) return [];
    return [[field, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
}

/** Runs as a person reads them. */
import { styleText } from 'node:util';
import type { ExecutionDetailJson, ExecutionJson } from '../connection/answers.ts';
import { colouredWord } from './coloured-word.ts';
import { durationText, wallText } from './instants.ts';
import { oneLine, plainLines } from './one-line.ts';
import { type Cell, renderPairs, renderTable, shorten } from './table.ts';

const STATUS_COLOURS = { RUNNING: 'cyan', SUCCESS: 'green', FAILED: 'red' } as const;

export function statusText({ status, failureReason, startedAt }: ExecutionJson): string {
  const word = status === 'RUNNING' && startedAt === null ? 'WAITING' : status;
  const reason = failureReason === null || failureReason === 'ERROR' ? '' : ` ${failureReason}`;
  return colouredWord(STATUS_COLOURS, status, `${word}${reason}`);
}

export function runTable(runs: readonly ExecutionJson[], timezone: string): string {
  const rows = runs.map((run) => [
    run.id,
    run.jobId,
    { ours: statusText(run) },
    run.trigger,
    wallText(run.scheduledAt, timezone),
    durationText(run.durationMs),
    shorten(run.errorMessage ?? '', 60),
  ]);
  return renderTable(['RUN', 'JOB', 'STATUS', 'TRIGGER', 'SCHEDULED', 'TOOK', 'ERROR'], rows);
}

export function runDetail(run: ExecutionDetailJson, timezone: string): string {
  const pairs: [string, Cell][] = [
    ['Run', run.id],
    ['Job', run.jobId],
    ['Status', { ours: statusText(run) }],
    ['Attempt', `${run.attempt} of ${run.maxAttempts}, ${run.trigger}`],
    ['Scheduled', wallText(run.scheduledAt, timezone)],
    ['Started', `${wallText(run.startedAt, timezone)}${lateness(run)}`],
    ['Finished', wallText(run.finishedAt, timezone)],
    ['Took', durationText(run.durationMs)],
    ['Instance', run.instanceId ?? '-'],
    ['Key', run.idempotencyKey],
    ['With', JSON.stringify(run.jobKwargs)],
  ];
  if (run.progress !== null) pairs.push(['Progress', progressText(run.progress)]);
  if (run.status === 'SUCCESS') pairs.push(['Result', JSON.stringify(run.result ?? null)]);
  if (run.errorMessage !== null) pairs.push(['Error', { ours: styleText('red', oneLine(run.errorMessage)) }]);
  return [renderPairs(pairs), ...(run.errorStack === null ? [] : ['', plainLines(run.errorStack)])].join('\n');
}

export function progressText({ fraction, message }: NonNullable<ExecutionJson['progress']>): string {
  return `${Math.round(fraction * 100)} %${message === undefined ? '' : ` ${oneLine(message)}`}`;
}

/** What came of a run that has ended, in one line. */
export function outcomeText(run: ExecutionJson): string {
  const took = run.durationMs === null ? '' : ` after ${durationText(run.durationMs)}`;
  const said = oneLine(run.status === 'SUCCESS' ? JSON.stringify(run.result ?? null) : (run.errorMessage ?? ''));
  return `${statusText(run)}${took}${said === '' || said === 'null' ? '' : `  ${said}`}`;
}

function lateness({ latenessMs }: ExecutionJson): string {
  return latenessMs === null || latenessMs < 1_000 ? '' : ` (${durationText(latenessMs)} late)`;
}

/** What would change, as a person reads it: a line a job, a line a field. */
import { styleText } from 'node:util';
import { oneLine } from '../output/one-line.ts';
import type { FieldChange, JobChange } from './compare-jobs.ts';
import type { FileFault } from './read-jobs-file.ts';
import { sayCount } from '../../modules/foundation/domain/words/say-count.ts';

const SIGNS = { create: ['green', '+'], change: ['yellow', '~'], keep: ['dim', '='], remove: ['red', '-'] } as const;

export function planLines(changes: readonly JobChange[]): string[] {
  return changes
    .filter(({ action }) => action !== 'keep')
    .flatMap(({ action, jobId, fields }) => {
      const [colour, sign] = SIGNS[action];
      return [styleText(colour, `${sign} ${oneLine(jobId)}`), ...fields.map(fieldLine)];
    });
}

/** @param left how many were not even tried */
export function countLine(
  changes: readonly JobChange[],
  hasHappened: boolean,
  { refused, left }: { readonly refused: number; readonly left: number } = { refused: 0, left: 0 },
): string {
  const count = (action: JobChange['action']): number => changes.filter((change) => change.action === action).length;
  const would = hasHappened ? '' : 'would be ';
  const parts = [`${count('create')} ${would}created`, `${count('change')} ${would}changed`];
  const removed = count('remove');
  if (removed > 0) parts.push(`${removed} ${would}removed`);
  parts.push(`${count('keep')} as declared`);
  if (refused > 0) parts.push(`${refused} refused`);
  if (left > 0) parts.push(sayCount(left, 'left as it was', 'left as they were'));
  return parts.join(', ');
}

export function faultLines(faults: readonly FileFault[], fileName: string): string[] {
  return faults.map(({ line, path, message, hint }) => {
    const advice = hint === undefined || message.includes(hint) ? '' : ` (${hint})`;
    return `${fileName}:${line}: ${path === '' ? '' : `${path}: `}${message}${advice}`;
  });
}

function fieldLine({ field, before, after }: FieldChange): string {
  if (before === undefined) return oneLine(`    ${field}: ${valueText(after)}`);
  return oneLine(`    ${field}: ${valueText(before)} → ${valueText(after)}`);
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

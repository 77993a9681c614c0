/** Events of the bus as they are told to those who watch: which ones, and what of them. Owns that they stay small. */
import type { LiveEvent } from '../domain/live-event.ts';
import type { RunLogLine } from '../domain/run-output.ts';
import type { JsonObject } from '../domain/json.ts';
import { toWritableText } from '../domain/writable-text.ts';
import type { BusEvent, RunOutputEvent } from './event-bus.ts';

/** An event without its place among the others. */
export type LiveDraft = Omit<LiveEvent, 'id'>;

const MAX_REASON_BYTES = 1_000;
/** Of the lines that one event carries; whoever wants those beyond reads them. */
const MAX_LINES_BYTES = 5_000;

/** @param at RFC 3339 @returns none for what is not watched */
export function draftLiveEvents(event: BusEvent, at: string): LiveDraft[] {
  if (event.type === 'run.output') return draftOutput(event, at);
  const { jobId, executionId = null, scheduledAt, reason, detail = {} } = event;
  const of = { at, jobId, executionId };
  const known: JsonObject = scheduledAt == null ? {} : { scheduledAt: scheduledAt.toISOString() };
  const why: JsonObject = reason == null ? {} : { reason: toWritableText(reason, MAX_REASON_BYTES) };
  if (event.type === 'run.started') return [{ type: 'run.started', ...of, data: { ...known, ...detail } }];
  if (event.type === 'run.finished') return [{ type: 'run.finished', ...of, data: { ...known, ...detail, ...why } }];
  if (event.type !== 'run.lost') return [];
  return [{ type: 'run.finished', ...of, data: { ...known, status: 'FAILED', failureReason: 'LOST', ...why } }];
}

function draftOutput({ jobId, executionId, progress, lines }: RunOutputEvent, at: string): LiveDraft[] {
  const of = { at, jobId, executionId };
  const drafts: LiveDraft[] = [];
  if (progress !== null) drafts.push({ type: 'run.progress', ...of, data: { ...progress } });
  const lastLine = lines.at(-1)?.line;
  if (lastLine === undefined) return drafts;
  const shown = firstThatFit(lines);
  const data = { lines: shown.map(toLineJson), lastLine, isWhole: shown.length === lines.length };
  return [...drafts, { type: 'run.log', ...of, data }];
}

function firstThatFit(lines: readonly RunLogLine[]): readonly RunLogLine[] {
  let bytes = 0;
  const over = lines.findIndex((line) => {
    bytes += new TextEncoder().encode(JSON.stringify(toLineJson(line))).length + 1;
    return bytes > MAX_LINES_BYTES;
  });
  return over === -1 ? lines : lines.slice(0, over);
}

function toLineJson({ line, at, level, message, properties }: RunLogLine): JsonObject {
  return { line, at: at.toISOString(), level, message, properties };
}

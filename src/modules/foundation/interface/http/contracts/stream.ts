/** The question that the stream answers, and the events that it sends. */
import * as v from 'valibot';
import { LIVE_EVENT_TYPES, type LiveEvent, type LiveEventType } from '../../../domain/live-event.ts';

function typesIn(text: string): LiveEventType[] | null {
  const types = text.split(',').map((name) => LIVE_EVENT_TYPES.find((type) => type === name) ?? null);
  return types.includes(null) ? null : types.filter((type) => type !== null);
}

export const streamQuerySchema = v.strictObject({
  jobId: v.exactOptional(v.pipe(v.string(), v.description('Only events of this job.'))),
  executionId: v.exactOptional(v.pipe(v.string(), v.description('Only events of this run.'))),
  types: v.exactOptional(
    v.pipe(
      v.string(),
      v.check((text) => typesIn(text) !== null, `Must be some of ${LIVE_EVENT_TYPES.join(',')}, with commas between.`),
      v.transform((text) => typesIn(text) ?? []),
      v.metadata({ description: 'Only events of these types.', examples: ['run.started,run.finished'] }),
    ),
  ),
});
export type StreamQuery = v.InferOutput<typeof streamQuerySchema>;

/** Numbers of many runs pass every filter of one: among them may be what is looked for. */
export function isWanted({ jobId, executionId, types }: StreamQuery, event: LiveEvent): boolean {
  if (types !== undefined && !types.includes(event.type)) return false;
  if (event.type === 'runs.changed') return true;
  return (
    (jobId === undefined || jobId === event.jobId) && (executionId === undefined || executionId === event.executionId)
  );
}

export const streamSchema = v.pipe(
  v.string(),
  v.description(
    [
      'Server-sent events; the data of each is JSON. Of runs and jobs, with an id, jobId, executionId and at:',
      'run.started {scheduledAt, attempt, trigger, latenessMs}; run.progress {fraction, message?};',
      'run.log {lines, lastLine, isWhole}, the rest of a part that is not whole is read at /admin/executions/{id}/logs;',
      'run.finished {status, failureReason?, reason?, durationMs?}; job.changed;',
      'runs.changed {started, succeeded, failed, unsaid}, in place of single events where there are very many.',
      'Of the stream: hello and feed {mode, detail} (degraded: only the replica that answers is seen);',
      'reset {reason}: read anew; dropped {reason}: the client read too slowly; end {reason}: the service stops.',
    ].join(' '),
  ),
  v.metadata({
    examples: [
      'id: 0198c1de-3f2a-17\nevent: run.progress\ndata: {"at":"2026-03-01T09:00:00.000Z","jobId":"nightly","executionId":"0198c1de-3f2a-7c11-a1b2-0f6c5a3b2d11","fraction":0.5}\n\n',
    ],
  }),
);

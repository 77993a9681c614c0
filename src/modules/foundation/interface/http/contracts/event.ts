/** Events in JSON: the audit trail, and why something did not run. */
import * as v from 'valibot';
import type { RecordedEvent } from '../../../application/ports/event-ledger.ts';
import { EVENT_TYPES } from '../../../domain/event.ts';
import { maskSecrets } from '../../../domain/mask-secrets.ts';
import { maskUrlSecrets } from '../../../domain/url-secrets.ts';
import { instant, instantInput, instantOrNull, instantText, instantTextOrNull } from './instant.ts';
import { jsonObject } from './json-object.ts';
import { nextCursor, pageQuery } from './list.ts';

export const eventSchema = v.pipe(
  v.strictObject({
    id: v.pipe(v.number(), v.metadata({ type: 'integer' })),
    at: instant,
    type: v.pipe(
      v.picklist(EVENT_TYPES),
      v.description(
        'job.unresolved is one event a configuration, whose detail (count, from, to) goes on while occurrences pass that no ' +
          'instance has the function for; job.invalid and job.expired speak of all instants from scheduledAt on.',
      ),
    ),
    jobId: v.nullable(v.string()),
    executionId: v.nullable(v.string()),
    scheduledAt: v.pipe(
      instantOrNull,
      v.description('The occurrence that it speaks of, or the first of those from `detail.from` to `detail.to`.'),
    ),
    reason: v.nullable(v.string()),
    actor: v.pipe(v.nullable(v.string()), v.description('A role or an instance; null: the schedule, or plain SQL.')),
    detail: v.pipe(v.nullable(jsonObject), v.description("What the type brings; secrets are '***'.")),
  }),
  v.metadata({ ref: 'Event' }),
);
export type EventJson = v.InferOutput<typeof eventSchema>;

export const eventPageSchema = v.pipe(
  v.strictObject({ items: v.array(eventSchema), nextCursor }),
  v.metadata({ ref: 'EventPage' }),
);

export const eventQuerySchema = v.strictObject({
  ...pageQuery,
  jobId: v.exactOptional(v.string()),
  type: v.exactOptional(v.picklist(EVENT_TYPES)),
  actor: v.exactOptional(v.string()),
  from: v.exactOptional(v.pipe(instantInput, v.description('Recorded at or after.'))),
  to: v.exactOptional(v.pipe(instantInput, v.description('Recorded before.'))),
});

export function toEventJson(event: RecordedEvent): EventJson {
  return {
    id: event.id,
    at: instantText(event.at),
    type: event.type,
    jobId: event.jobId,
    executionId: event.executionId ?? null,
    scheduledAt: instantTextOrNull(event.scheduledAt ?? null),
    reason: event.reason == null ? null : maskUrlSecrets(event.reason),
    actor: event.actor ?? null,
    detail: maskSecrets(event.detail ?? null),
  };
}

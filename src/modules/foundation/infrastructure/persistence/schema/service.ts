/** The service's own tables: the ledger of events, the instances with their leases, and the answers kept for repeated requests. */
import { sql } from 'drizzle-orm';
import {
  bigserial,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import type { Json, JsonObject } from '../../../domain/json.ts';
import { instant } from './columns.ts';

/** The ledger: audit, and why something did not run. Append-only. */
export const schedulerEvent = pgTable(
  'scheduler_event',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: instant('at')
      .notNull()
      .default(sql`clock_timestamp()`),
    type: varchar('type', { length: 64 }).notNull(),
    jobId: text('job_id'),
    executionId: uuid('execution_id'),
    scheduledAt: instant('scheduled_at'),
    reason: text('reason'),
    actor: text('actor'),
    detail: jsonb('detail').$type<JsonObject>(),
    /** Told again under the same key it is the same event, whose newest telling stands. Null: it is told once. */
    key: text('key'),
  },
  (event) => [
    uniqueIndex('scheduler_event_key')
      .on(event.key)
      .where(sql`${event.key} is not null`),
    index('scheduler_event_job_id_id').on(event.jobId, event.id),
    index('scheduler_event_job_id_scheduled_at').on(event.jobId, event.scheduledAt),
    index('scheduler_event_at_id').on(event.at, event.id),
    index('scheduler_event_type_id').on(event.type, event.id),
    // Most events are nobody's doing.
    index('scheduler_event_actor_id')
      .on(event.actor, event.id)
      .where(sql`${event.actor} is not null`),
  ],
);

/** The processes that run jobs, with their leases. */
export const schedulerInstance = pgTable('scheduler_instance', {
  id: text('id').primaryKey(),
  hostname: text('hostname').notNull(),
  runtime: text('runtime').notNull(),
  version: text('version').notNull(),
  startedAt: instant('started_at').notNull(),
  renewedAt: instant('renewed_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  /** How often it was renewed: the fencing token of what is claimed under it. */
  renewals: integer('renewals').notNull().default(0),
  /** Since when the lease has never ended. Null: it has, and what was claimed under it is taken away. */
  heldSince: instant('held_since'),
  /** The renewal that this unbroken stretch of the lease began with. */
  heldFrom: integer('held_from').notNull().default(0),
  /** What it claimed ahead and is due after this has not started. */
  confirmedUntil: instant('confirmed_until'),
});

/** Answers that were given to an `Idempotency-Key`, kept to be given again. */
export const schedulerIdempotencyKey = pgTable(
  'scheduler_idempotency_key',
  {
    key: text('key').notNull(),
    /** Who asked, and what: the same key of another caller, or on another route, is another key. */
    scope: text('scope').notNull(),
    /** SHA-256 of the payload, in hexadecimal. */
    requestHash: text('request_hash').notNull(),
    /** Null: the first request is still being answered. */
    status: integer('status'),
    headers: jsonb('headers').$type<Record<string, string>>().notNull().default({}),
    body: jsonb('body').$type<Json>(),
    /** Of the first request with this key: what it makes takes its id from here. */
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Since when the request that is being answered is under way: later than `created_at` where the first one died. */
    takenAt: instant('taken_at').notNull().defaultNow(),
  },
  (entry) => [
    primaryKey({ columns: [entry.scope, entry.key] }),
    index('scheduler_idempotency_key_created_at').on(entry.createdAt),
  ],
);

// Generated from drizzle/ by scripts/generate-migrations.ts (npm run generate). Do not edit.
import type { Migration } from './migrate.ts';

export const migrations: readonly Migration[] = [
  {
    tag: '0000_tables',
    when: 1795465301877,
    hash: 'a78e237167abb8bced8d99c5b7084adbc21ca2115497add1ea9d99a3b6c158f2',
    sql: `CREATE SEQUENCE "public"."scheduler_revision_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "scheduler_event" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"type" varchar(64) NOT NULL,
	"job_id" text,
	"execution_id" uuid,
	"scheduled_at" timestamp (3) with time zone,
	"reason" text,
	"actor" text,
	"detail" jsonb
);
--> statement-breakpoint
CREATE TABLE "scheduler_execution_log" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"job_id" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"status" varchar(16) NOT NULL,
	"error_message" text,
	"duration_ms" integer,
	"scheduled_at" timestamp (3) with time zone,
	"attempt" integer DEFAULT 1 NOT NULL,
	"max_attempts" integer DEFAULT 1 NOT NULL,
	"trigger" varchar(16) DEFAULT 'schedule' NOT NULL,
	"instance_id" text,
	"failure_reason" varchar(16),
	"error_stack" text,
	"result" jsonb,
	"progress" jsonb,
	"job_kwargs" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"is_exclusive" boolean DEFAULT false NOT NULL,
	CONSTRAINT "scheduler_execution_log_status" CHECK ("scheduler_execution_log"."status" in ('RUNNING', 'SUCCESS', 'FAILED')),
	CONSTRAINT "scheduler_execution_log_trigger" CHECK ("scheduler_execution_log"."trigger" in ('schedule', 'manual', 'retry', 'backfill', 'catchUp')),
	CONSTRAINT "scheduler_execution_log_failure_reason" CHECK ("scheduler_execution_log"."failure_reason" in ('ERROR', 'TIMEOUT', 'LOST', 'CANCELLED'))
);
--> statement-breakpoint
CREATE TABLE "scheduler_instance" (
	"id" text PRIMARY KEY NOT NULL,
	"hostname" text NOT NULL,
	"runtime" text NOT NULL,
	"version" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"renewed_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scheduler_job_config" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"job_id" text NOT NULL,
	"job_name" text NOT NULL,
	"cron_expression" text NOT NULL,
	"dialect" varchar(16) DEFAULT 'apscheduler' NOT NULL,
	"timezone" text DEFAULT 'Asia/Shanghai' NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"job_kwargs" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"handler" text,
	"misfire_policy" varchar(16) DEFAULT 'once' NOT NULL,
	"misfire_grace_ms" bigint,
	"catch_up_limit" integer DEFAULT 100 NOT NULL,
	"overlap_policy" varchar(16) DEFAULT 'skip' NOT NULL,
	"max_attempts" integer DEFAULT 1 NOT NULL,
	"retry_backoff_ms" bigint DEFAULT 1000 NOT NULL,
	"retry_backoff_max_ms" bigint DEFAULT 3600000 NOT NULL,
	"on_lost" varchar(16) DEFAULT 'fail' NOT NULL,
	"timeout_ms" bigint,
	"jitter_ms" bigint DEFAULT 0 NOT NULL,
	"outage_policy" varchar(16) DEFAULT 'auto' NOT NULL,
	"start_at" timestamp (3) with time zone,
	"end_at" timestamp (3) with time zone,
	"dst_gap" varchar(16) DEFAULT 'shift' NOT NULL,
	"dst_overlap" varchar(16) DEFAULT 'first' NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"notes" text,
	"paused_at" timestamp (3) with time zone,
	"paused_until" timestamp (3) with time zone,
	"pause_reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_run_at" timestamp (3) with time zone,
	"revision" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "scheduler_job_config_job_id_unique" UNIQUE("job_id"),
	CONSTRAINT "scheduler_job_config_job_id" CHECK (length("scheduler_job_config"."job_id") between 1 and 255),
	CONSTRAINT "scheduler_job_config_job_kwargs" CHECK (jsonb_typeof("scheduler_job_config"."job_kwargs") = 'object'),
	CONSTRAINT "scheduler_job_config_dialect" CHECK ("scheduler_job_config"."dialect" in ('apscheduler', 'unix', 'quartz')),
	CONSTRAINT "scheduler_job_config_misfire_policy" CHECK ("scheduler_job_config"."misfire_policy" in ('once', 'skip', 'all')),
	CONSTRAINT "scheduler_job_config_misfire_grace" CHECK ("scheduler_job_config"."misfire_grace_ms" >= 0),
	CONSTRAINT "scheduler_job_config_catch_up_limit" CHECK ("scheduler_job_config"."catch_up_limit" >= 0),
	CONSTRAINT "scheduler_job_config_overlap_policy" CHECK ("scheduler_job_config"."overlap_policy" in ('skip', 'queueOne', 'queueAll', 'allow', 'cancelPrevious')),
	CONSTRAINT "scheduler_job_config_max_attempts" CHECK ("scheduler_job_config"."max_attempts" >= 1),
	CONSTRAINT "scheduler_job_config_retry_backoff" CHECK ("scheduler_job_config"."retry_backoff_ms" >= 0 and "scheduler_job_config"."retry_backoff_max_ms" >= 0),
	CONSTRAINT "scheduler_job_config_on_lost" CHECK ("scheduler_job_config"."on_lost" in ('fail', 'retry')),
	CONSTRAINT "scheduler_job_config_timeout" CHECK ("scheduler_job_config"."timeout_ms" > 0),
	CONSTRAINT "scheduler_job_config_jitter" CHECK ("scheduler_job_config"."jitter_ms" >= 0),
	CONSTRAINT "scheduler_job_config_outage_policy" CHECK ("scheduler_job_config"."outage_policy" in ('auto', 'run', 'hold')),
	CONSTRAINT "scheduler_job_config_dst_gap" CHECK ("scheduler_job_config"."dst_gap" in ('shift', 'gapEnd', 'skip')),
	CONSTRAINT "scheduler_job_config_dst_overlap" CHECK ("scheduler_job_config"."dst_overlap" in ('first', 'both'))
);
--> statement-breakpoint
CREATE TABLE "scheduler_job_cursor" (
	"job_id" text PRIMARY KEY NOT NULL,
	"next_fire_at" timestamp(3) with time zone,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scheduler_pending_run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"scheduled_at" timestamp (3) with time zone NOT NULL,
	"attempt" integer DEFAULT 1 NOT NULL,
	"trigger" varchar(16) NOT NULL,
	"job_kwargs" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"reason" text,
	"actor" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "scheduler_pending_run_trigger" CHECK ("scheduler_pending_run"."trigger" in ('schedule', 'manual', 'retry', 'backfill', 'catchUp'))
);
--> statement-breakpoint
ALTER TABLE "scheduler_job_cursor" ADD CONSTRAINT "scheduler_job_cursor_job_id_scheduler_job_config_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."scheduler_job_config"("job_id") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "scheduler_pending_run" ADD CONSTRAINT "scheduler_pending_run_job_id_scheduler_job_config_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."scheduler_job_config"("job_id") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
CREATE INDEX "scheduler_event_job_id_id" ON "scheduler_event" USING btree ("job_id","id");--> statement-breakpoint
CREATE INDEX "scheduler_event_at_id" ON "scheduler_event" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "scheduler_execution_log_job_id_started_at" ON "scheduler_execution_log" USING btree ("job_id","started_at");--> statement-breakpoint
CREATE INDEX "scheduler_execution_log_started_at_id" ON "scheduler_execution_log" USING btree ("started_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "scheduler_execution_log_occurrence" ON "scheduler_execution_log" USING btree ("job_id","scheduled_at","attempt");--> statement-breakpoint
CREATE UNIQUE INDEX "scheduler_execution_log_exclusive" ON "scheduler_execution_log" USING btree ("job_id") WHERE "scheduler_execution_log"."status" = 'RUNNING' and "scheduler_execution_log"."is_exclusive";--> statement-breakpoint
CREATE INDEX "scheduler_execution_log_running" ON "scheduler_execution_log" USING btree ("instance_id") WHERE "scheduler_execution_log"."status" = 'RUNNING';--> statement-breakpoint
CREATE INDEX "scheduler_job_cursor_next_fire_at" ON "scheduler_job_cursor" USING btree ("next_fire_at");--> statement-breakpoint
CREATE UNIQUE INDEX "scheduler_pending_run_occurrence" ON "scheduler_pending_run" USING btree ("job_id","scheduled_at","attempt");--> statement-breakpoint
CREATE INDEX "scheduler_pending_run_scheduled_at_id" ON "scheduler_pending_run" USING btree ("scheduled_at","id");`,
  },
  {
    tag: '0001_triggers',
    when: 1795465349100,
    hash: '5306da5ca5a86896be376f2b0e8c1f18cac2641444f0c530bd8ada48d6ce6e1c',
    sql: `-- A cursor row is rewritten at every fire: room on its page keeps the update off the index.
ALTER TABLE "scheduler_job_cursor" SET (fillfactor = 70);
--> statement-breakpoint
-- (a) Every edit that changes something takes a new revision. An UPDATE that changes nothing, and the scheduler's own
-- \`last_run_at\`, keep the old one.
CREATE FUNCTION "scheduler_job_config_revise"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept CONSTANT text[] := ARRAY['updated_at', 'last_run_at', 'revision'];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - kept = to_jsonb(OLD) - kept THEN
      NEW.revision := OLD.revision;
      NEW.updated_at := OLD.updated_at;
      RETURN NEW;
    END IF;
    NEW.updated_at := now();
  END IF;
  NEW.revision := nextval('scheduler_revision_seq');
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "scheduler_job_config_revise"
  BEFORE INSERT OR UPDATE OF
    "id", "job_id", "job_name", "cron_expression", "dialect", "timezone", "enabled", "job_kwargs", "handler",
    "misfire_policy", "misfire_grace_ms", "catch_up_limit", "overlap_policy", "max_attempts", "retry_backoff_ms",
    "retry_backoff_max_ms", "on_lost", "timeout_ms", "jitter_ms", "outage_policy", "start_at", "end_at", "dst_gap",
    "dst_overlap", "tags", "notes", "paused_at", "paused_until", "pause_reason", "created_at", "updated_at", "revision"
  ON "scheduler_job_config" FOR EACH ROW EXECUTE FUNCTION "scheduler_job_config_revise"();
--> statement-breakpoint
-- (b) The cursor follows its configuration: unarmed when the schedule changed, otherwise where it was, at the new
-- revision. (c) Whoever listens is told.
CREATE FUNCTION "scheduler_job_config_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.revision = OLD.revision THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE'
    AND (NEW.job_id, NEW.cron_expression, NEW.dialect, NEW.timezone, NEW.enabled, NEW.dst_gap, NEW.dst_overlap,
         NEW.start_at, NEW.end_at, NEW.paused_at, NEW.paused_until, NEW.created_at)
      IS NOT DISTINCT FROM
        (OLD.job_id, OLD.cron_expression, OLD.dialect, OLD.timezone, OLD.enabled, OLD.dst_gap, OLD.dst_overlap,
         OLD.start_at, OLD.end_at, OLD.paused_at, OLD.paused_until, OLD.created_at)
  THEN
    INSERT INTO "scheduler_job_cursor" ("job_id", "next_fire_at", "revision") VALUES (NEW.job_id, NULL, NEW.revision)
      ON CONFLICT ("job_id") DO UPDATE SET "revision" = EXCLUDED."revision";
  ELSE
    INSERT INTO "scheduler_job_cursor" ("job_id", "next_fire_at", "revision") VALUES (NEW.job_id, NULL, NEW.revision)
      ON CONFLICT ("job_id") DO UPDATE SET "next_fire_at" = NULL, "revision" = EXCLUDED."revision";
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.job_id <> OLD.job_id THEN
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
  END IF;
  PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', NEW.job_id)::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- Triggers of one event fire in the order of their names, and the foreign key's own ("RI_…") come first: a renamed job's
-- cursor is renamed before it is written here.
CREATE TRIGGER "scheduler_job_config_follow"
  AFTER INSERT OR DELETE OR UPDATE OF
    "id", "job_id", "job_name", "cron_expression", "dialect", "timezone", "enabled", "job_kwargs", "handler",
    "misfire_policy", "misfire_grace_ms", "catch_up_limit", "overlap_policy", "max_attempts", "retry_backoff_ms",
    "retry_backoff_max_ms", "on_lost", "timeout_ms", "jitter_ms", "outage_policy", "start_at", "end_at", "dst_gap",
    "dst_overlap", "tags", "notes", "paused_at", "paused_until", "pause_reason", "created_at", "updated_at", "revision"
  ON "scheduler_job_config" FOR EACH ROW EXECUTE FUNCTION "scheduler_job_config_follow"();
--> statement-breakpoint
CREATE FUNCTION "scheduler_pending_run_tell"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('carillon_changes', '{"kind":"pending"}');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "scheduler_pending_run_tell"
  AFTER INSERT ON "scheduler_pending_run" FOR EACH STATEMENT EXECUTE FUNCTION "scheduler_pending_run_tell"();
--> statement-breakpoint
-- What the audit trail keeps of a configuration: every value but those whose key looks like a secret's.
CREATE FUNCTION "scheduler_mask_secrets"("value" jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE jsonb_typeof(value)
    WHEN 'object' THEN (
      SELECT coalesce(jsonb_object_agg(entry.key, CASE
        WHEN entry.key ~* 'token|password|passwd|secret|authorization|credential|cookie|api[-_]?key|private[-_]?key'
          THEN '"***"'::jsonb
        ELSE scheduler_mask_secrets(entry.value)
      END), '{}'::jsonb)
      FROM jsonb_each(value) AS entry
    )
    WHEN 'array' THEN (
      SELECT coalesce(jsonb_agg(scheduler_mask_secrets(item.value) ORDER BY item.place), '[]'::jsonb)
      FROM jsonb_array_elements(value) WITH ORDINALITY AS item(value, place)
    )
    ELSE value
  END;
END
$$;
`,
  },
  {
    tag: '0002_run_policies',
    when: 1795470382958,
    hash: '7a052c193d6b8265ee2dee32f3e3a1edd71946d640f52d35702de4864c01607b',
    sql: `ALTER TABLE "scheduler_execution_log" ADD COLUMN "was_pending" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler_execution_log" ADD COLUMN "cancel_requested_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "scheduler_execution_log" ADD COLUMN "cancel_reason" text;--> statement-breakpoint
ALTER TABLE "scheduler_pending_run" ADD COLUMN "max_attempts" integer;--> statement-breakpoint
ALTER TABLE "scheduler_pending_run" ADD COLUMN "available_at" timestamp (3) with time zone DEFAULT date_trunc('milliseconds', now()) NOT NULL;--> statement-breakpoint
CREATE INDEX "scheduler_pending_run_available_at" ON "scheduler_pending_run" USING btree ("available_at");--> statement-breakpoint
-- The instance that runs it is told, whichever process wants it to stop.
CREATE FUNCTION "scheduler_execution_log_cancel"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('carillon_changes', json_build_object('kind', 'cancel', 'executionId', NEW.id)::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "scheduler_execution_log_cancel"
  AFTER UPDATE OF "cancel_requested_at" ON "scheduler_execution_log" FOR EACH ROW
  WHEN (NEW."cancel_requested_at" IS NOT NULL AND OLD."cancel_requested_at" IS NULL)
  EXECUTE FUNCTION "scheduler_execution_log_cancel"();
--> statement-breakpoint
-- The cursor follows its configuration as before, but a pause leaves it where it is: it remembers the first occurrence
-- that falls into it.
CREATE OR REPLACE FUNCTION "scheduler_job_config_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.revision = OLD.revision THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE'
    AND (NEW.job_id, NEW.cron_expression, NEW.dialect, NEW.timezone, NEW.enabled, NEW.dst_gap, NEW.dst_overlap,
         NEW.start_at, NEW.end_at, NEW.created_at)
      IS NOT DISTINCT FROM
        (OLD.job_id, OLD.cron_expression, OLD.dialect, OLD.timezone, OLD.enabled, OLD.dst_gap, OLD.dst_overlap,
         OLD.start_at, OLD.end_at, OLD.created_at)
  THEN
    INSERT INTO "scheduler_job_cursor" ("job_id", "next_fire_at", "revision") VALUES (NEW.job_id, NULL, NEW.revision)
      ON CONFLICT ("job_id") DO UPDATE SET "revision" = EXCLUDED."revision";
  ELSE
    INSERT INTO "scheduler_job_cursor" ("job_id", "next_fire_at", "revision") VALUES (NEW.job_id, NULL, NEW.revision)
      ON CONFLICT ("job_id") DO UPDATE SET "next_fire_at" = NULL, "revision" = EXCLUDED."revision";
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.job_id <> OLD.job_id THEN
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
  END IF;
  PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', NEW.job_id)::text);
  RETURN NULL;
END
$$;
`,
  },
  {
    tag: '0003_room_for_last_run',
    when: 1795473008389,
    hash: 'a888e0b905e11e02b5f07fb39f26643f8db5b8a961030cb8757957c5c91b77b9',
    sql: `-- Every run writes its job's \`last_run_at\`: room on the row's page keeps that off the indexes, a herd's whole page at once.
ALTER TABLE "scheduler_job_config" SET (fillfactor = 50);
`,
  },
  {
    tag: '0004_run_logs_and_limits',
    when: 1795474254031,
    hash: '23604ee4e2090eebb82ac4f2d0c5c37972628264242975e1aaed33033a375f6b',
    sql: `CREATE TABLE "scheduler_idempotency_key" (
	"key" text NOT NULL,
	"scope" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"headers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"body" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "scheduler_idempotency_key_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
CREATE TABLE "scheduler_run_log" (
	"execution_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"level" varchar(16) NOT NULL,
	"message" text NOT NULL,
	"properties" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "scheduler_run_log_execution_id_line_pk" PRIMARY KEY("execution_id","line"),
	CONSTRAINT "scheduler_run_log_level" CHECK ("scheduler_run_log"."level" in ('debug', 'info', 'warn', 'error'))
);
--> statement-breakpoint
ALTER TABLE "scheduler_execution_log" ADD COLUMN "claimed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "scheduler_job_config" ADD COLUMN "max_concurrent_runs" integer;--> statement-breakpoint
ALTER TABLE "scheduler_run_log" ADD CONSTRAINT "scheduler_run_log_execution_id_scheduler_execution_log_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."scheduler_execution_log"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "scheduler_idempotency_key_created_at" ON "scheduler_idempotency_key" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "scheduler_job_config_updated_at" ON "scheduler_job_config" USING btree ("updated_at","job_id");--> statement-breakpoint
ALTER TABLE "scheduler_job_config" ADD CONSTRAINT "scheduler_job_config_max_concurrent_runs" CHECK ("scheduler_job_config"."max_concurrent_runs" >= 1);--> statement-breakpoint
-- A limit on a job's runs is an edit like any other: the triggers look at it too.
DROP TRIGGER "scheduler_job_config_revise" ON "scheduler_job_config";
--> statement-breakpoint
CREATE TRIGGER "scheduler_job_config_revise"
  BEFORE INSERT OR UPDATE OF
    "id", "job_id", "job_name", "cron_expression", "dialect", "timezone", "enabled", "job_kwargs", "handler",
    "misfire_policy", "misfire_grace_ms", "catch_up_limit", "overlap_policy", "max_concurrent_runs", "max_attempts",
    "retry_backoff_ms", "retry_backoff_max_ms", "on_lost", "timeout_ms", "jitter_ms", "outage_policy", "start_at",
    "end_at", "dst_gap", "dst_overlap", "tags", "notes", "paused_at", "paused_until", "pause_reason", "created_at",
    "updated_at", "revision"
  ON "scheduler_job_config" FOR EACH ROW EXECUTE FUNCTION "scheduler_job_config_revise"();
--> statement-breakpoint
DROP TRIGGER "scheduler_job_config_follow" ON "scheduler_job_config";
--> statement-breakpoint
CREATE TRIGGER "scheduler_job_config_follow"
  AFTER INSERT OR DELETE OR UPDATE OF
    "id", "job_id", "job_name", "cron_expression", "dialect", "timezone", "enabled", "job_kwargs", "handler",
    "misfire_policy", "misfire_grace_ms", "catch_up_limit", "overlap_policy", "max_concurrent_runs", "max_attempts",
    "retry_backoff_ms", "retry_backoff_max_ms", "on_lost", "timeout_ms", "jitter_ms", "outage_policy", "start_at",
    "end_at", "dst_gap", "dst_overlap", "tags", "notes", "paused_at", "paused_until", "pause_reason", "created_at",
    "updated_at", "revision"
  ON "scheduler_job_config" FOR EACH ROW EXECUTE FUNCTION "scheduler_job_config_follow"();
`,
  },
  {
    tag: '0005_runs_at_once',
    when: 1795475123482,
    hash: '6495109fb2847b75094e7275e22038d74a4287b1a858d94d62ab1469c2d5f74a',
    sql: `CREATE INDEX "scheduler_execution_log_shared" ON "scheduler_execution_log" USING btree ("job_id") WHERE "scheduler_execution_log"."status" = 'RUNNING' and not "scheduler_execution_log"."is_exclusive";--> statement-breakpoint
-- How many runs of a job are RUNNING at this moment. Volatile, so that it sees what was committed after the statement that
-- asks began: whoever holds the lock of the job's cursor counts what those who held it before have started.
CREATE FUNCTION "scheduler_running_runs"("of_job" text) RETURNS integer LANGUAGE sql VOLATILE AS $$
  SELECT (
    (SELECT count(*) FROM "scheduler_execution_log" WHERE "job_id" = "of_job" AND "status" = 'RUNNING' AND "is_exclusive")
    + (SELECT count(*) FROM "scheduler_execution_log"
       WHERE "job_id" = "of_job" AND "status" = 'RUNNING' AND NOT "is_exclusive")
  )::integer
$$;
`,
  },
  {
    tag: '0006_claims_ahead',
    when: 1795475659360,
    hash: '57099c4c9097b260d65cb5fb6cacbaf6d5693e1600b1c5b5fd774de90924d558',
    sql: `ALTER TABLE "scheduler_instance" ADD COLUMN "held_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "scheduler_instance" ADD COLUMN "confirmed_until" timestamp (3) with time zone;--> statement-breakpoint
-- The cursor follows its configuration as before. The sequence moves on once more when the cursor is locked: whoever held
-- it locked before sees by the sequence alone that nothing was changed since.
CREATE OR REPLACE FUNCTION "scheduler_job_config_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM nextval('scheduler_revision_seq');
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.revision = OLD.revision THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE'
    AND (NEW.job_id, NEW.cron_expression, NEW.dialect, NEW.timezone, NEW.enabled, NEW.dst_gap, NEW.dst_overlap,
         NEW.start_at, NEW.end_at, NEW.created_at)
      IS NOT DISTINCT FROM
        (OLD.job_id, OLD.cron_expression, OLD.dialect, OLD.timezone, OLD.enabled, OLD.dst_gap, OLD.dst_overlap,
         OLD.start_at, OLD.end_at, OLD.created_at)
  THEN
    INSERT INTO "scheduler_job_cursor" ("job_id", "next_fire_at", "revision") VALUES (NEW.job_id, NULL, NEW.revision)
      ON CONFLICT ("job_id") DO UPDATE SET "revision" = EXCLUDED."revision";
  ELSE
    INSERT INTO "scheduler_job_cursor" ("job_id", "next_fire_at", "revision") VALUES (NEW.job_id, NULL, NEW.revision)
      ON CONFLICT ("job_id") DO UPDATE SET "next_fire_at" = NULL, "revision" = EXCLUDED."revision";
  END IF;
  IF TG_OP = 'UPDATE' THEN
    PERFORM nextval('scheduler_revision_seq');
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.job_id <> OLD.job_id THEN
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
  END IF;
  PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', NEW.job_id)::text);
  RETURN NULL;
END
$$;
`,
  },
  {
    tag: '0007_told_when_edited',
    when: 1795475779020,
    hash: '21ac9a6301f93aa4f961d97d135fa35057011edc2457fc22b9f97a096a198080',
    sql: `ALTER TABLE "scheduler_idempotency_key" ADD COLUMN "taken_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "scheduler_event_job_id_scheduled_at" ON "scheduler_event" USING btree ("job_id","scheduled_at");--> statement-breakpoint
-- Names what will not run because its schedule went: occurrences of one job from one instant to another, both included.
CREATE FUNCTION "scheduler_tell_skipped"("job" text, "cause" text, "from_at" timestamptz, "to_at" timestamptz)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO "scheduler_event" ("type", "job_id", "scheduled_at", "reason", "detail")
  SELECT 'occurrence.skipped', "job", "from_at",
    CASE "cause"
      WHEN 'deleted' THEN 'the job was deleted before this was claimed'
      WHEN 'disabled' THEN 'the job was disabled before this was claimed'
      WHEN 'paused' THEN 'the job was paused, and its schedule was edited meanwhile'
      ELSE 'the schedule was edited before this was claimed'
    END,
    jsonb_build_object(
      'cause', "cause",
      'from', to_char("from_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'to', to_char("to_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    );
$$;
--> statement-breakpoint
-- From where the schedule of a configuration that goes has been left unclaimed; null: nothing of it was due. An unarmed
-- cursor was read by nobody since the last edit: then all that lies between may hold occurrences, if any full second does.
CREATE FUNCTION "scheduler_unclaimed_from"("old" "scheduler_job_config", "was" timestamptz, "until" timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN NOT "old".enabled THEN NULL
    WHEN "was" IS NOT NULL THEN CASE WHEN isfinite("was") AND "was" <= "until" THEN "was" END
    WHEN isfinite("old".updated_at) AND date_trunc('second', "until", 'UTC') > "old".updated_at THEN "old".updated_at + interval '1 millisecond'
  END;
$$;
--> statement-breakpoint
-- As before, and what an edit leaves unclaimed is told in its own transaction. The edit's instant is \`updated_at\`: what was due
-- up to then is the old schedule's, what is due after it the new one's, whenever the new one is read.
CREATE OR REPLACE FUNCTION "scheduler_job_config_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was timestamptz;
  unclaimed timestamptz;
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM nextval('scheduler_revision_seq');
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.revision = OLD.revision THEN
    RETURN NULL;
  END IF;
  SELECT "next_fire_at" INTO was FROM "scheduler_job_cursor" WHERE "job_id" = NEW.job_id FOR UPDATE;
  IF TG_OP = 'UPDATE'
    AND (NEW.job_id, NEW.cron_expression, NEW.dialect, NEW.timezone, NEW.enabled, NEW.dst_gap, NEW.dst_overlap,
         NEW.start_at, NEW.end_at, NEW.created_at)
      IS NOT DISTINCT FROM
        (OLD.job_id, OLD.cron_expression, OLD.dialect, OLD.timezone, OLD.enabled, OLD.dst_gap, OLD.dst_overlap,
         OLD.start_at, OLD.end_at, OLD.created_at)
    AND was IS NOT NULL
  THEN
    UPDATE "scheduler_job_cursor" SET "revision" = NEW.revision WHERE "job_id" = NEW.job_id;
  ELSE
    INSERT INTO "scheduler_job_cursor" ("job_id", "next_fire_at", "revision") VALUES (NEW.job_id, NULL, NEW.revision)
      ON CONFLICT ("job_id") DO UPDATE SET "next_fire_at" = NULL, "revision" = EXCLUDED."revision";
    IF TG_OP = 'UPDATE' THEN
      unclaimed := "scheduler_unclaimed_from"(OLD, was, NEW.updated_at);
    END IF;
    IF unclaimed IS NOT NULL THEN
      PERFORM "scheduler_tell_skipped"(OLD.job_id, CASE
        WHEN NOT NEW.enabled THEN 'disabled'
        WHEN OLD.paused_at IS NOT NULL AND coalesce(OLD.paused_until > unclaimed, true) THEN 'paused'
        ELSE 'edited'
      END, unclaimed, NEW.updated_at);
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    PERFORM nextval('scheduler_revision_seq');
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.job_id <> OLD.job_id THEN
    PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', OLD.job_id)::text);
  END IF;
  PERFORM pg_notify('carillon_changes', json_build_object('kind', 'job', 'jobId', NEW.job_id)::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- What goes with a deleted job is told, before the foreign keys take it: the cursor's due occurrences, and the runs that
-- wait. An attempt that was to follow another is no occurrence of its own.
CREATE FUNCTION "scheduler_job_config_leave"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was timestamptz;
  unclaimed timestamptz;
  deleted_at CONSTANT timestamptz(3) := date_trunc('milliseconds', clock_timestamp());
BEGIN
  WITH gone AS (DELETE FROM "scheduler_pending_run" WHERE "job_id" = OLD.job_id RETURNING *)
  INSERT INTO "scheduler_event" ("type", "job_id", "execution_id", "scheduled_at", "reason", "detail")
  SELECT CASE WHEN attempt = 1 AND "trigger" IN ('schedule', 'catchUp', 'backfill') THEN 'occurrence.skipped' ELSE 'run.dropped' END,
    job_id, id, scheduled_at, 'the job was deleted while this run waited',
    jsonb_build_object('cause', 'deleted', 'trigger', "trigger", 'attempt', attempt)
  FROM gone ORDER BY scheduled_at, id;
  DELETE FROM "scheduler_job_cursor" WHERE "job_id" = OLD.job_id RETURNING "next_fire_at" INTO was;
  unclaimed := "scheduler_unclaimed_from"(OLD, was, deleted_at);
  IF unclaimed IS NOT NULL THEN
    PERFORM "scheduler_tell_skipped"(OLD.job_id, 'deleted', unclaimed, deleted_at);
  END IF;
  RETURN OLD;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "scheduler_job_config_leave"
  BEFORE DELETE ON "scheduler_job_config" FOR EACH ROW EXECUTE FUNCTION "scheduler_job_config_leave"();
`,
  },
  {
    tag: '0008_lists_by_what_is_rare',
    when: 1795479934951,
    hash: '602902308343f8f2968d91cdba3137ef8224f4d75ffdbbc61c274cee970bad50',
    sql: `CREATE INDEX "scheduler_execution_log_failed" ON "scheduler_execution_log" USING btree ("started_at","id") WHERE "scheduler_execution_log"."status" = 'FAILED';--> statement-breakpoint
CREATE INDEX "scheduler_execution_log_unscheduled" ON "scheduler_execution_log" USING btree ("trigger","started_at","id") WHERE "scheduler_execution_log"."trigger" <> 'schedule';--> statement-breakpoint
CREATE INDEX "scheduler_event_type_id" ON "scheduler_event" USING btree ("type","id");`,
  },
  {
    tag: '0009_events_told_once',
    when: 1795486968013,
    hash: '879b1137306c12dee154c0eab764c584aba716b4c194d50af7c31c245b0b4823',
    sql: `ALTER TABLE "scheduler_event" ADD COLUMN "key" text;--> statement-breakpoint
CREATE UNIQUE INDEX "scheduler_event_key" ON "scheduler_event" USING btree ("key") WHERE "scheduler_event"."key" is not null;`,
  },
  {
    tag: '0010_events_by_actor',
    when: 1795489756366,
    hash: 'bd48a645a42c805d0a773f52eb3e27d4054d479e37c781644189322bf07ec5f0',
    sql: `CREATE INDEX "scheduler_event_actor_id" ON "scheduler_event" USING btree ("actor","id") WHERE "scheduler_event"."actor" is not null;`,
  },
  {
    tag: '0011_masked_addresses',
    when: 1795491597039,
    hash: 'c8cde709bcd95184539cb7e1c05af2d57071e57fe5439ff0186e065c512052f9',
    sql: `-- The audit trail hides the secrets of an address too: its password, and its parameters that are named like a secret.
CREATE OR REPLACE FUNCTION "scheduler_mask_secrets"("value" jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE jsonb_typeof(value)
    WHEN 'object' THEN (
      SELECT coalesce(jsonb_object_agg(entry.key, CASE
        WHEN entry.key ~* 'token|password|passwd|secret|authorization|credential|cookie|api[-_]?key|private[-_]?key'
          THEN '"***"'::jsonb
        ELSE scheduler_mask_secrets(entry.value)
      END), '{}'::jsonb)
      FROM jsonb_each(value) AS entry
    )
    WHEN 'array' THEN (
      SELECT coalesce(jsonb_agg(scheduler_mask_secrets(item.value) ORDER BY item.place), '[]'::jsonb)
      FROM jsonb_array_elements(value) WITH ORDINALITY AS item(value, place)
    )
    WHEN 'string' THEN to_jsonb(regexp_replace(
      regexp_replace(value #>> '{}', '(://[^\\s/?#:@]*:)[^\\s/?#]+(?=@)', '\\1***', 'g'),
      '((?:^|[?&#])[^\\s=&#?]*(?:token|password|passwd|secret|authorization|credential|cookie|api[-_]?key|private[-_]?key)[^\\s=&#?]*=)[^\\s&#]+',
      '\\1***', 'gi'))
    ELSE value
  END;
END
$$;
`,
  },
  {
    tag: '0012_renewals_and_last_success',
    when: 1795989612728,
    hash: '6d8755303e312ce257756fb443bc9fa8d07e272777a98e15854fb5935192d4f5',
    sql: `ALTER TABLE "scheduler_job_config" ADD COLUMN "last_success_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "scheduler_job_config" job SET "last_success_at" = (
  SELECT run.finished_at FROM "scheduler_execution_log" run WHERE run.job_id = job.job_id AND run.status = 'SUCCESS'
  ORDER BY run.started_at DESC LIMIT 1
);--> statement-breakpoint
-- Last, since leases cannot be renewed from here on until all is done.
ALTER TABLE "scheduler_instance" ADD COLUMN "renewals" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler_instance" ADD COLUMN "held_from" integer DEFAULT 0 NOT NULL;
`,
  },
  {
    tag: '0013_runs_of_a_policy_before',
    when: 1796031469955,
    hash: 'f34f9f182aecbbfd0ca34772624878c481302f9339d2d8a0e7acb094fc8e72ff',
    sql: `-- Runs that may overlap keep no other away. Where their job gets another policy, the newest that goes on does from then on; what
-- else goes on of the policy before is not waited for. Whose record is just being written is asked for again for a moment; where
-- somebody holds it for longer, it is the one before. None is marked that was claimed ahead: the edit has it given back. What is being
-- started by hand, or confirmed, at this very moment is not seen.
CREATE FUNCTION "scheduler_job_config_overlap"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found_ids uuid[];
BEGIN
  FOR tried IN 1..20 LOOP
    SELECT array_agg(run."id" ORDER BY run."started_at" DESC, run."id" DESC) INTO found_ids
    FROM "scheduler_execution_log" run
    WHERE run."job_id" = NEW."job_id" AND run."status" = 'RUNNING' AND NOT run."is_exclusive"
      AND NOT EXISTS (
        SELECT FROM "scheduler_execution_log" other
        WHERE other."job_id" = NEW."job_id" AND other."status" = 'RUNNING' AND other."is_exclusive"
      )
      AND (run."trigger" = 'schedule' AND run."claimed_at" < run."scheduled_at" AND NOT EXISTS (
        SELECT FROM "scheduler_instance" confirmer
        WHERE confirmer."id" = run."instance_id" AND confirmer."confirmed_until" >= run."scheduled_at"
      )) IS NOT TRUE;
    EXIT WHEN found_ids IS NULL;
    UPDATE "scheduler_execution_log" SET "is_exclusive" = true WHERE "id" = (
      SELECT run."id" FROM "scheduler_execution_log" run
      WHERE run."id" = found_ids[1] OR (tried = 20 AND run."id" = ANY (found_ids) AND run."status" = 'RUNNING')
      ORDER BY run."started_at" DESC, run."id" DESC
      LIMIT 1
      FOR NO KEY UPDATE SKIP LOCKED
    ) AND "status" = 'RUNNING';
    EXIT WHEN FOUND;
    PERFORM pg_sleep(0.01);
  END LOOP;
  RETURN NULL;
EXCEPTION WHEN unique_violation THEN
  -- A run that was just being started by a policy before keeps others away itself.
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- By its name it fires after "scheduler_job_config_follow", which has locked the cursor: no occurrence is claimed by the policy before.
CREATE TRIGGER "scheduler_job_config_overlap"
  AFTER UPDATE OF "overlap_policy" ON "scheduler_job_config" FOR EACH ROW
  WHEN (OLD."overlap_policy" = 'allow' AND NEW."overlap_policy" <> 'allow')
  EXECUTE FUNCTION "scheduler_job_config_overlap"();
`,
  },
];

ALTER TABLE "scheduler_idempotency_key" ADD COLUMN "taken_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
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
-- As before, and what an edit leaves unclaimed is told in its own transaction. The edit's instant is `updated_at`: what was due
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

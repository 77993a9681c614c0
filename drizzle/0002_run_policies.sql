ALTER TABLE "scheduler_execution_log" ADD COLUMN "was_pending" boolean DEFAULT false NOT NULL;--> statement-breakpoint
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

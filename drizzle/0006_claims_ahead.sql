ALTER TABLE "scheduler_instance" ADD COLUMN "held_since" timestamp (3) with time zone;--> statement-breakpoint
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

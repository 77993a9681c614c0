-- A cursor row is rewritten at every fire: room on its page keeps the update off the index.
ALTER TABLE "scheduler_job_cursor" SET (fillfactor = 70);
--> statement-breakpoint
-- (a) Every edit that changes something takes a new revision. An UPDATE that changes nothing, and the scheduler's own
-- `last_run_at`, keep the old one.
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

-- Runs that may overlap keep no other away. Where their job gets another policy, the newest that goes on does from then on; what
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

-- Runs that may overlap keep no other away. Where their job gets another policy, the newest that goes on does from then on; what
-- else goes on of the policy before is not waited for. No record that somebody holds is waited for, and none is marked that was
-- claimed ahead: the edit has it given back.
CREATE FUNCTION "scheduler_job_config_overlap"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "scheduler_execution_log" SET "is_exclusive" = true WHERE "id" = (
    SELECT run."id" FROM "scheduler_execution_log" run
    WHERE run."job_id" = NEW."job_id" AND run."status" = 'RUNNING' AND NOT run."is_exclusive"
      AND NOT EXISTS (
        SELECT FROM "scheduler_execution_log" other
        WHERE other."job_id" = NEW."job_id" AND other."status" = 'RUNNING' AND other."is_exclusive"
      )
      AND (run."trigger" = 'schedule' AND run."claimed_at" < run."scheduled_at" AND NOT EXISTS (
        SELECT FROM "scheduler_instance" confirmer
        WHERE confirmer."id" = run."instance_id" AND confirmer."confirmed_until" >= run."scheduled_at"
      )) IS NOT TRUE
    ORDER BY run."started_at" DESC, run."id" DESC
    LIMIT 1
    FOR NO KEY UPDATE OF run SKIP LOCKED
  );
  RETURN NULL;
EXCEPTION WHEN unique_violation THEN
  -- A run that was just being started by a policy before keeps others away itself.
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- By its name it fires after "scheduler_job_config_follow", which has locked the cursor: nobody claims by the policy before.
CREATE TRIGGER "scheduler_job_config_overlap"
  AFTER UPDATE OF "overlap_policy" ON "scheduler_job_config" FOR EACH ROW
  WHEN (OLD."overlap_policy" = 'allow' AND NEW."overlap_policy" <> 'allow')
  EXECUTE FUNCTION "scheduler_job_config_overlap"();

CREATE INDEX "scheduler_execution_log_shared" ON "scheduler_execution_log" USING btree ("job_id") WHERE "scheduler_execution_log"."status" = 'RUNNING' and not "scheduler_execution_log"."is_exclusive";--> statement-breakpoint
-- How many runs of a job are RUNNING at this moment. Volatile, so that it sees what was committed after the statement that
-- asks began: whoever holds the lock of the job's cursor counts what those who held it before have started.
CREATE FUNCTION "scheduler_running_runs"("of_job" text) RETURNS integer LANGUAGE sql VOLATILE AS $$
  SELECT (
    (SELECT count(*) FROM "scheduler_execution_log" WHERE "job_id" = "of_job" AND "status" = 'RUNNING' AND "is_exclusive")
    + (SELECT count(*) FROM "scheduler_execution_log"
       WHERE "job_id" = "of_job" AND "status" = 'RUNNING' AND NOT "is_exclusive")
  )::integer
$$;

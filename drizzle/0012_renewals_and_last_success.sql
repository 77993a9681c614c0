ALTER TABLE "scheduler_job_config" ADD COLUMN "last_success_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "scheduler_job_config" job SET "last_success_at" = (
  SELECT run.finished_at FROM "scheduler_execution_log" run WHERE run.job_id = job.job_id AND run.status = 'SUCCESS'
  ORDER BY run.started_at DESC LIMIT 1
);--> statement-breakpoint
-- Last, since leases cannot be renewed from here on until all is done.
ALTER TABLE "scheduler_instance" ADD COLUMN "renewals" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler_instance" ADD COLUMN "held_from" integer DEFAULT 0 NOT NULL;

CREATE TABLE "scheduler_idempotency_key" (
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

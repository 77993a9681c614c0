ALTER TABLE "scheduler_execution_log" ADD COLUMN "was_pending" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler_pending_run" ADD COLUMN "max_attempts" integer;--> statement-breakpoint
ALTER TABLE "scheduler_pending_run" ADD COLUMN "available_at" timestamp (3) with time zone DEFAULT date_trunc('milliseconds', now()) NOT NULL;--> statement-breakpoint
CREATE INDEX "scheduler_pending_run_available_at" ON "scheduler_pending_run" USING btree ("available_at");
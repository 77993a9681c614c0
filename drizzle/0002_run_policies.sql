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

ALTER TABLE "scheduler_instance" ADD COLUMN "renewals" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler_instance" ADD COLUMN "held_from" integer DEFAULT 0 NOT NULL;
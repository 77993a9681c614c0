-- Every run writes its job's `last_run_at`: room on the row's page keeps that off the indexes, a herd's whole page at once.
ALTER TABLE "scheduler_job_config" SET (fillfactor = 50);

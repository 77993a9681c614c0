/** The same module for both: a short job that either may run, one that is handed to the queue, and one that is left to the replica. */
import { defineJob, type JobRegistry } from 'carillon/cloudflare';

const where = (): { ranIn: string } => ({ ranIn: navigator.userAgent });

export const reports: JobRegistry = {
  'reports.daily': defineJob({ description: 'Short: whoever is first.', run: where }),
  'reports.monthly': defineJob({ description: 'Longer: an invocation of its own.', longRunsIn: 'queue', run: where }),
  'reports.yearly': defineJob({ description: 'Long: a replica alone.', longRunsIn: 'replica', run: where }),
};

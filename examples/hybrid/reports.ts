/** The same module for both: a short job that either may run, and a long one that sweeps leave to the replica. */
import { defineJob, type JobRegistry } from 'carillon/cloudflare';

const where = (): { ranIn: string } => ({ ranIn: navigator.userAgent });

export const reports: JobRegistry = {
  'reports.daily': defineJob({ description: 'Short: whoever is first.', run: where }),
  'reports.yearly': defineJob({ description: 'Long: a replica alone.', isLongRunning: true, run: where }),
};

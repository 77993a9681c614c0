/** `carillon jobs list`. */
import { jobPageSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import type { JobState } from '../../modules/foundation/domain/job-state.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import { readPages } from '../connection/pages.ts';
import { jobTable } from '../output/job-lines.ts';
import type { ListOptions } from '../syntax/list-flags.ts';

export interface JobListOptions extends ListOptions {
  readonly search?: string;
  readonly state?: JobState;
  readonly handler?: string;
  readonly tag?: string;
  readonly sort?: 'jobId' | 'nextRunAt' | 'lastRunAt' | 'updatedAt';
}

export async function listJobs(context: CommandContext, options: JobListOptions): Promise<void> {
  const { search, limit: _limit, all: _all, ...filters } = options;
  const { routes } = await context.api();
  const query = { ...filters, ...(search === undefined ? {} : { q: search }) };
  const page = await readPages(options, (at) =>
    bodyOf(jobPageSchema, routes.admin.jobs.$get({ query: { ...query, ...at } })),
  );
  if (context.isJson) return printJson(context, page);
  if (page.items.length === 0) context.remark("There is no such job. 'carillon jobs create' makes one.");
  else context.print(jobTable(page.items));
  if (page.nextCursor !== null) context.remark('There are more: say --all, or filter.');
}

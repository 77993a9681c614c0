/** `carillon jobs backfill`: what has passed is run, oldest first. */
import { jobDetailSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import { backfillSchema } from '../../modules/foundation/interface/http/contracts/backfill.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { wallText } from '../output/instants.ts';
import { oneLine } from '../output/one-line.ts';
import { renderTable } from '../output/table.ts';
import { readInstant } from '../read-instant.ts';

export interface BackfillOptions {
  readonly from: string;
  readonly to: string;
  readonly dryRun?: boolean;
  readonly includeCompleted?: boolean;
  readonly reason?: string;
}

const SHOWN = 20;

export async function backfillJob(context: CommandContext, jobId: string, options: BackfillOptions): Promise<void> {
  const api = await context.api();
  const route = api.routes.admin.jobs[':jobId'];
  const { timezone } = await suggestJob(api, jobId, bodyOf(jobDetailSchema, route.$get({ param: { jobId } })));
  const json = {
    ...options,
    from: readInstant(options.from, timezone).toISOString(),
    to: readInstant(options.to, timezone).toISOString(),
  };
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const made = await bodyOf(
    backfillSchema,
    route.backfill.$post({ param: { jobId }, json }, { headers: () => headers }),
  );
  if (context.isJson) return printJson(context, made);
  const rows = made.occurrences
    .slice(0, SHOWN)
    .map(({ scheduledAt, fate, executionId }) => [wallText(scheduledAt, timezone), fate, executionId ?? '-']);
  if (rows.length > 0) context.print(renderTable(['OCCURRENCE', 'FATE', 'RUN'], rows));
  if (made.occurrences.length > SHOWN) context.print(`… and ${made.occurrences.length - SHOWN} more`);
  context.print(oneLine(made.sentence));
}

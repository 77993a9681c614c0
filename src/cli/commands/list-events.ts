/** `carillon events`: the audit trail, and why something did not run. */
import { eventPageSchema } from '../../modules/foundation/interface/http/contracts/event.ts';
import type { EventType } from '../../modules/foundation/domain/event.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { bodyOf } from '../connection/api.ts';
import { readPages } from '../connection/pages.ts';
import { machineZone, wallText } from '../output/instants.ts';
import { renderTable, shorten } from '../output/table.ts';
import { readSpan } from '../read-instant.ts';
import type { ListOptions } from '../syntax/list-flags.ts';

export interface EventListOptions extends ListOptions {
  readonly job?: string;
  readonly type?: EventType;
  readonly actor?: string;
  readonly from?: string;
  readonly to?: string;
}

export async function listEvents(context: CommandContext, options: EventListOptions): Promise<void> {
  const { job, limit: _limit, all: _all, ...filters } = options;
  const { routes } = await context.api();
  const query = { ...filters, ...readSpan(options, machineZone()), ...(job === undefined ? {} : { jobId: job }) };
  const page = await readPages(options, (at) =>
    bodyOf(eventPageSchema, routes.admin.events.$get({ query: { ...query, ...at } })),
  );
  if (context.isJson) return printJson(context, page);
  const zone = machineZone();
  const rows = page.items.map(({ at, type, jobId, actor, scheduledAt, reason }) => [
    wallText(at, zone),
    type,
    jobId ?? '-',
    actor ?? '-',
    wallText(scheduledAt, zone),
    shorten(reason ?? '', 80),
  ]);
  if (rows.length === 0) context.remark('There is no such event.');
  else context.print(renderTable(['AT', 'EVENT', 'JOB', 'BY', 'OCCURRENCE', 'WHY'], rows));
  if (page.nextCursor !== null) context.remark('There are more: say --all, or filter.');
}

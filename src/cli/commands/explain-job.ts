/** `carillon why`: why a job ran at an instant, or did not. */
import { styleText } from 'node:util';
import type { InferResponseType } from 'hono/client';
import { whySchema } from '../../modules/foundation/interface/http/contracts/why.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { suggestJob } from '../connection/suggest-job.ts';
import { machineZone, wallText } from '../output/instants.ts';
import { runTable } from '../output/run-lines.ts';
import { oneLine } from '../output/one-line.ts';
import { renderTable } from '../output/table.ts';
import { readInstantText } from '../read-instant.ts';

type Why = InferResponseType<Api['routes']['admin']['jobs'][':jobId']['why']['$get'], 200>;

/** @throws CommandFault where `at` is no instant @param options `at`: as the service reads it, on the clock of the job's zone where it has no offset */
export async function explainJob(context: CommandContext, jobId: string, options: { at?: string }): Promise<void> {
  const query = options.at === undefined ? {} : { at: readInstantText(options.at) };
  const api = await context.api();
  const asked = bodyOf(whySchema, api.routes.admin.jobs[':jobId'].why.$get({ param: { jobId }, query }));
  const why = await suggestJob(api, jobId, asked);
  if (context.isJson) printJson(context, why);
  else context.print(whyLines(why).join('\n'));
}

function whyLines(why: Why): string[] {
  const zone = machineZone();
  const { before, after } = why.nearest;
  return [
    styleText('bold', oneLine(why.sentence)),
    oneLine(why.sentenceZh),
    ...(why.occurrence === null
      ? ['', `Occurrences around it: ${wallText(before, zone)} and ${wallText(after, zone)}`]
      : []),
    ...(why.executions.length === 0 ? [] : ['', runTable(why.executions, zone)]),
    ...(why.events.length === 0 ? [] : ['', eventTable(why.events, zone)]),
  ];
}

function eventTable(events: Why['events'], zone: string): string {
  const rows = events.map(({ at, type, actor, reason }) => [wallText(at, zone), type, actor ?? '-', reason ?? '']);
  return renderTable(['AT', 'EVENT', 'BY', 'WHY'], rows);
}

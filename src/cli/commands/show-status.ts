/** `carillon status`: the scheduler as a whole. */
import { styleText } from 'node:util';
import type { InferResponseType } from 'hono/client';
import { schedulerSchema } from '../../modules/foundation/interface/http/contracts/scheduler.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { distanceText, durationText } from '../output/instants.ts';
import { oneLine } from '../output/one-line.ts';
import { type Cell, renderPairs, renderTable } from '../output/table.ts';
import { sayCount } from '../../modules/foundation/domain/words/say-count.ts';

type Scheduler = InferResponseType<Api['routes']['admin']['scheduler']['$get'], 200>;

/** @returns `refused` where the service is degraded */
export async function showStatus(context: CommandContext): Promise<ExitStatus> {
  const { routes, server } = await context.api();
  const status = await bodyOf(schedulerSchema, routes.admin.scheduler.$get());
  if (context.isJson) printJson(context, status);
  else context.print(statusLines(status, server).join('\n'));
  return status.mode === 'normal' ? EXIT.ok : EXIT.refused;
}

function statusLines(status: Scheduler, server: string): string[] {
  const states = Object.entries(status.jobs.states).filter(([, count]) => count > 0);
  const { p50Ms, p95Ms, maxMs, runs } = status.lateness;
  return [
    renderPairs([
      ['Service', server],
      ['Mode', { ours: styleText(status.mode === 'normal' ? 'green' : 'red', oneLine(status.mode)) }],
      ...status.checks.filter(({ ok }) => !ok).map(({ name, detail }): [string, string] => [name, detail]),
      ['Jobs', `${status.jobs.total}  ${states.map(([state, count]) => `${count} ${state}`).join(', ')}`],
      ['Runs', `${status.runs.running} running, ${status.runs.pending} waiting`],
      ['Overdue', overdueText(status.overdue)],
      [
        'Lateness',
        runs === 0 ? '-' : `p50 ${durationText(p50Ms)}, p95 ${durationText(p95Ms)}, at most ${durationText(maxMs)}`,
      ],
    ]),
    '',
    renderTable(['INSTANCE', 'HOST', 'RUNTIME', 'VERSION', 'HEARTBEAT'], status.instances.map(rowOf(status.at))),
  ];
}

function rowOf(at: string): (instance: Scheduler['instances'][number]) => Cell[] {
  const nowMs = Date.parse(at);
  return ({ id, hostname, runtime, version, renewedAt, isLive }) => {
    const beat = distanceText(renewedAt, nowMs).replace(/^in /, '');
    const heartbeat = isLive ? styleText('green', beat) : styleText('dim', `ended ${beat}`);
    return [id, hostname, runtime, version, { ours: heartbeat }];
  };
}

function overdueText({ jobs, oldestMs }: Scheduler['overdue']): string {
  return jobs === 0 ? 'nothing' : `${sayCount(jobs, 'job, for', 'jobs, the oldest for')} ${durationText(oldestMs)}`;
}

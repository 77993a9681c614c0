/** `carillon runs …` and `carillon events`: words, flags and help. */
import { type Command, Option } from 'commander';
import { RUN_STATUSES, RUN_TRIGGERS } from '../../modules/foundation/domain/run.ts';
import { EVENT_TYPES } from '../../modules/foundation/domain/event.ts';
import { act } from '../command-context.ts';
import type { EventListOptions } from '../commands/list-events.ts';
import type { RunListOptions } from '../commands/list-runs.ts';
import { addDefaultList, addListFlags, INSTANT_FORMS } from './list-flags.ts';

export function addRunCommands(program: Command): void {
  const runs = program.command('runs').description('what ran, and what came of it');
  addListFlags(
    addDefaultList(runs, 'the runs, newest first')
      .option('--job <job>', 'of one job')
      .addOption(new Option('--status <status>').choices([...RUN_STATUSES]))
      .addOption(new Option('--trigger <trigger>', 'why it ran').choices([...RUN_TRIGGERS]))
      .option('--from <instant>', `started at or after: ${INSTANT_FORMS}`)
      .option('--to <instant>', 'started before'),
  ).action(
    act(async (context, options: RunListOptions) =>
      (await import('../commands/list-runs.ts')).listRuns(context, options),
    ),
  );
  runs
    .command('show <run>')
    .description('one run whole: times, arguments, result, error')
    .action(act(async (context, id: string) => (await import('../commands/list-runs.ts')).showRun(context, id)));
  runs
    .command('logs <run>')
    .description('what it said while it ran')
    .option('-f, --follow', 'until it has ended')
    .action(
      act(async (context, id: string, options: { follow?: boolean }) =>
        (await import('../commands/follow-run.ts')).showLogs(context, id, options),
      ),
    );
  addOrders(runs);
}

/** `carillon events` */
export function addEventCommand(program: Command): void {
  addListFlags(
    program
      .command('events')
      .description('who changed what, and what did not run and why')
      .option('--job <job>', 'of one job')
      .addOption(new Option('--type <type>').choices([...EVENT_TYPES]))
      .option('--actor <actor>', 'a role or an instance')
      .option('--from <instant>', `recorded at or after: ${INSTANT_FORMS}`)
      .option('--to <instant>', 'recorded before'),
  ).action(
    act(async (context, options: EventListOptions) =>
      (await import('../commands/list-events.ts')).listEvents(context, options),
    ),
  );
}

function addOrders(runs: Command): void {
  runs
    .command('cancel <run>')
    .description('stops it, on whichever instance it runs')
    .option('--reason <text>')
    .action(
      act(async (context, id: string, options: { reason?: string }) =>
        (await import('../commands/order-run.ts')).cancelRun(context, id, options),
      ),
    );
  runs
    .command('retry <run>')
    .description('runs it again, with its arguments and its idempotency key')
    .option('-f, --follow', 'wait for it, and show how it goes')
    .option('--reason <text>')
    .action(
      act(async (context, id: string, options: { follow?: boolean; reason?: string }) =>
        (await import('../commands/order-run.ts')).retryRun(context, id, options),
      ),
    );
}

/** `carillon preview` and `why`: words, flags and help. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DIALECTS, DST_GAPS, DST_OVERLAPS } from '../../modules/foundation/domain/job-config.ts';
import { act } from '../command-context.ts';
import type { PreviewOptions } from '../commands/preview-schedule.ts';

export function addScheduleCommands(program: Command): void {
  program
    .command('why <job>')
    .description("why a job ran at an instant, or did not: why report --at '2026-11-23 09:00'")
    .option('--at <instant>', "on the clock of the job's zone, or with an offset; left out: the latest occurrence")
    .action(
      act(async (context, jobId: string, options: { at?: string }) =>
        (await import('../commands/explain-job.ts')).explainJob(context, jobId, options),
      ),
    );
  program
    .command('preview <schedule>')
    .description("when a schedule fires, in words and instants; needs no service: preview '0 9 * * mon-fri'")
    .option('--tz, --timezone <zone>', 'an IANA zone (default: DEFAULT_TIMEZONE, or Asia/Shanghai)')
    .addOption(new Option('--dialect <name>', 'how the text is read').choices([...DIALECTS]))
    .option('-n, --count <n>', 'how many occurrences, 1 to 1000', readCount, 10)
    .option('--from <instant>', "after this instant: '2026-11-23 09:00' there, or with an offset; left out: now")
    .option('--job <job>', "for 'H', which is hashed from the job's id")
    .addOption(new Option('--dst-gap <rule>', 'a wall time that a spring gap removes').choices([...DST_GAPS]))
    .addOption(new Option('--dst-overlap <rule>', 'a wall time that autumn repeats').choices([...DST_OVERLAPS]))
    .action(
      act(async (context, text: string, options: PreviewOptions) =>
        (await import('../commands/preview-schedule.ts')).preview(context, text, options),
      ),
    );
}

function readCount(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1_000) return Number(text);
  throw new InvalidArgumentError('It wants a whole number from 1 to 1000.');
}

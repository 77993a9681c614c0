/** `carillon jobs …`: words, flags and help. What each does is in `commands/`, loaded when it is asked for. */
import { type Command, Option } from 'commander';
import { JOB_STATES } from '../../modules/foundation/domain/job-state.ts';
import { act } from '../command-context.ts';
import type { BackfillOptions } from '../commands/backfill-job.ts';
import type { JobListOptions } from '../commands/list-jobs.ts';
import type { TriggerOptions } from '../commands/trigger-job.ts';
import { addJobFlags, readJsonObject } from '../job-flags.ts';
import { addDefaultList, addListFlags, INSTANT_FORMS } from './list-flags.ts';

export function addJobCommands(program: Command): void {
  const jobs = program.command('jobs').description('the jobs: what runs, and when');
  addReading(jobs);
  addEditing(jobs);
  addOrders(jobs);
  addBackfill(jobs);
  addRemoval(jobs);
}

function addReading(jobs: Command): void {
  addListFlags(
    addDefaultList(jobs, 'the jobs, how each is doing, and when it runs next')
      .option('-q, --search <text>', 'part of the job id or name')
      .addOption(new Option('--state <state>', 'how it is doing').choices([...JOB_STATES]))
      .option('--handler <id>', 'the function it runs')
      .option('--tag <tag>')
      .addOption(
        new Option('--sort <field>', 'in which order').choices(['jobId', 'nextRunAt', 'lastRunAt', 'updatedAt']),
      ),
  ).action(
    act(async (context, options: JobListOptions) =>
      (await import('../commands/list-jobs.ts')).listJobs(context, options),
    ),
  );
  jobs
    .command('show <job>')
    .description('one job whole, with its next occurrences and warnings')
    .action(act(async (context, jobId: string) => (await import('../commands/show-job.ts')).showJob(context, jobId)));
}

function addEditing(jobs: Command): void {
  addJobFlags(jobs.command('create <job>').description('a new job; refused where one has that id')).action(
    act(async (context, jobId: string, options: Record<string, unknown>) =>
      (await import('../commands/edit-job.ts')).createJob(context, jobId, options),
    ),
  );
  addJobFlags(
    jobs.command('edit <job>').description('changes the fields that flags name; without any, the whole job in $EDITOR'),
  ).action(
    act(async (context, jobId: string, options: Record<string, unknown>) =>
      (await import('../commands/edit-job.ts')).editJob(context, jobId, options),
    ),
  );
}

function addRemoval(jobs: Command): void {
  jobs
    .command('delete <job>')
    .description('removes it; its history stays')
    .option('-y, --yes', 'without asking')
    .action(
      act(async (context, jobId: string, options: { yes?: boolean }) =>
        (await import('../commands/delete-job.ts')).deleteJob(context, jobId, options),
      ),
    );
}

function addBackfill(jobs: Command): void {
  jobs
    .command('backfill <job>')
    .description('runs what has passed, oldest first: the occurrences of a span, each once')
    .requiredOption('--from <instant>', "the first, included: '2026-11-01' there, or with an offset")
    .requiredOption('--to <instant>', 'the end, not included')
    .option('--dry-run', 'only show what would be run')
    .option('--include-completed', 'also those that have run')
    .option('--reason <text>')
    .action(
      act(async (context, jobId: string, options: BackfillOptions) =>
        (await import('../commands/backfill-job.ts')).backfillJob(context, jobId, options),
      ),
    );
}

function addOrders(jobs: Command): void {
  jobs
    .command('pause <job>')
    .description('stops it for a while; what runs goes on')
    .option('--until <instant>', `${INSTANT_FORMS}; left out: until it is resumed`)
    .option('--reason <text>')
    .action(
      act(async (context, jobId: string, options: { until?: string; reason?: string }) =>
        (await import('../commands/pause-job.ts')).pauseJob(context, jobId, options),
      ),
    );
  jobs
    .command('resume <job>')
    .description('lets a paused job go on')
    .option('--catch-up', 'also run what fell into the pause, as the misfire policy judges')
    .action(
      act(async (context, jobId: string, options: { catchUp?: boolean }) =>
        (await import('../commands/pause-job.ts')).resumeJob(context, jobId, options),
      ),
    );
  jobs
    .command('trigger <job>')
    .description('runs it now; its schedule is not moved')
    .option('-f, --follow', 'wait for the run, and show how it goes')
    .option('--kwargs <json>', "in place of the job's own: JSON, or '@file'", readJsonObject)
    .option('--reason <text>')
    .action(
      act(async (context, jobId: string, options: TriggerOptions) =>
        (await import('../commands/trigger-job.ts')).triggerJob(context, jobId, options),
      ),
    );
}

/** `carillon apply`, `export` and `import`: words, flags and help. */
import { type Command, Option } from 'commander';
import { act } from '../command-context.ts';
import type { ApplyOptions } from '../commands/apply-jobs.ts';
import type { ExportOptions } from '../commands/export-jobs.ts';
import type { ImportOptions } from '../commands/import-jobs.ts';

export function addFileCommands(program: Command): void {
  program
    .command('apply <file>')
    .description("makes the jobs as a file declares them (YAML or JSON; '-': standard input), and shows what changes")
    .option('--dry-run', 'only show what would change')
    .option('--prune', 'also remove the jobs that the file does not declare')
    .option('-y, --yes', 'remove without asking')
    .option('--secrets', "also write secrets, which cannot be compared: the service shows '***'")
    .action(
      act(async (context, path: string, options: ApplyOptions) =>
        (await import('../commands/apply-jobs.ts')).applyFile(context, path, options),
      ),
    );
  program
    .command('export')
    .description("the jobs as a file that 'apply' takes")
    .addOption(new Option('--format <format>').choices(['yaml', 'json']))
    .option('-o, --out <file>', 'left out: standard output')
    .option('--tag <tag>', 'only those with this tag')
    .action(
      act(async (context, options: ExportOptions) =>
        (await import('../commands/export-jobs.ts')).exportJobs(context, options),
      ),
    );
  addImport(program);
}

function addImport(program: Command): void {
  const group = program.command('import').description('jobs from elsewhere: shows what would become of them');
  addImportFlags(
    group
      .command('crontab <file>')
      .description("a crontab; '-': standard input, as in: crontab -l | carillon import crontab -")
      .option('--user', 'a user stands before each command, as in /etc/crontab')
      .option('--handler <id>', 'your function that runs a command, given as {command, stdin?, env?}'),
  ).action(
    act(async (context, path: string, options: ImportOptions) =>
      (await import('../commands/import-jobs.ts')).importCrontab(context, path, options),
    ),
  );
  addImportFlags(
    group
      .command('apscheduler <source>')
      .description("APScheduler 3's jobs as JSON: a file, '-', or the URL of Flask-APScheduler's /scheduler/jobs"),
  ).action(
    act(async (context, source: string, options: ImportOptions) =>
      (await import('../commands/import-jobs.ts')).importApscheduler(context, source, options),
    ),
  );
}

function addImportFlags(command: Command): Command {
  return command
    .option('--tz, --timezone <zone>', "the zone of the scheduler that ran them (default: this machine's)")
    .addOption(new Option('-o, --out <file>', "write a file for 'carillon apply'").conflicts('apply'))
    .option('--apply', 'create those that can be run, at once');
}

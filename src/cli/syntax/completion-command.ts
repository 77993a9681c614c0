/**
 * `carillon completion <shell>`, and what the shell asks back. Invariant: a press of the tab key waits for no service longer
 * than a moment, and never prints a fault.
 */
import { Command } from 'commander';

/** How long the names of jobs may take. */
const NAMES_WITHIN_MS = 700;

/** The word with which the shells' scripts ask back. */
export function isCompletionRequest(argv: readonly string[]): boolean {
  return argv[2] === 'complete' || argv[2] === 'completion';
}

/** Adds both commands; loaded for them alone. */
export async function addCompletion(program: Command): Promise<void> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  tab(program, { completionCommandName: 'completion' });
}

/** For `carillon --help`; the real one takes its place when it is called. */
export function addCompletionHelp(program: Command): void {
  program.command('completion <shell>').description('a script for bash, zsh, fish or powershell: completes on tab');
}

/** The job ids of the service as the choices of every `<job>`. */
export async function offerJobIds(program: Command, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { connect } = await import('../connection/api.ts');
  const { knownJobIds } = await import('../connection/suggest-job.ts');
  const ids = await Promise.race([
    connect({}, env)
      .then(knownJobIds)
      .catch(() => []),
    new Promise<string[]>((resolve) => {
      setTimeout(resolve, NAMES_WITHIN_MS, []).unref();
    }),
  ]);
  if (ids.length > 0) giveChoices(program, ids);
}

function giveChoices(command: Command, ids: readonly string[]): void {
  for (const argument of command.registeredArguments) {
    if (argument.name() === 'job') argument.choices(ids);
  }
  for (const child of command.commands) giveChoices(child, ids);
}

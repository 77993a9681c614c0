/** From the words that were typed to an exit status. Invariant: whatever goes wrong is told on standard error, once. */
import { styleText } from 'node:util';
import { type Command, CommanderError } from 'commander';
import { CommandFault } from './command-fault.ts';
import { EXIT } from './exit-status.ts';
import { createProgram } from './program.ts';
import { addCompletion, addCompletionHelp, isCompletionRequest, offerJobIds } from './syntax/completion-command.ts';

export async function runCommandLine(argv: readonly string[]): Promise<void> {
  // `carillon … | head` closes the pipe early: nobody is left to be told.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.ok : 1));
  const program = createProgram();
  try {
    await prepareCompletion(program, argv);
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = tell(error, program.opts<{ json?: boolean }>().json === true);
  }
}

async function prepareCompletion(program: Command, argv: readonly string[]): Promise<void> {
  if (!isCompletionRequest(argv)) return addCompletionHelp(program);
  if (argv[2] === 'complete') await offerJobIds(program, process.env);
  await addCompletion(program);
}

function tell(error: unknown, isJson: boolean): number {
  // Commander has printed its own.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof CommandFault)) {
    console.error(error);
    return EXIT.refused;
  }
  if (isJson) console.error(JSON.stringify(error.problem ?? { detail: error.message, errors: error.details }, null, 2));
  else console.error([styleText('red', error.message, { stream: process.stderr }), ...error.details].join('\n'));
  return error.status;
}

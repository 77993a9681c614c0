/** From the words that were typed to an exit status. Invariant: whatever goes wrong is told on standard error, once. */
import { styleText } from 'node:util';
import { type Command, CommanderError } from 'commander';
import { CommandFault } from './command-fault.ts';
import { EXIT } from './exit-status.ts';
import { oneLine, plainLines } from './output/one-line.ts';
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

function tell(thrown: unknown, isJson: boolean): number {
  // Commander has printed its own.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const error = asFault(thrown);
  if (!(error instanceof CommandFault)) {
    console.error(error);
    return EXIT.refused;
  }
  if (isJson) console.error(JSON.stringify(error.problem ?? problemOf(error), null, 2));
  else console.error(faultText(error));
  return error.status;
}

/** It may quote what somebody wrote. */
function faultText({ message, details }: CommandFault): string {
  return [styleText('red', plainLines(message), { stream: process.stderr }), ...details.map(oneLine)].join('\n');
}

/** By its code: the class is loaded with the client alone. */
function asFault(thrown: unknown): unknown {
  const isParameter = thrown instanceof Error && 'code' in thrown && thrown.code === 'PATH_PARAMETER_INVALID';
  return isParameter ? new CommandFault(EXIT.usage, thrown.message, { cause: thrown }) : thrown;
}

/** For programs: what no service has said is a problem all the same, with a stable code. */
function problemOf({ status, message, details, code }: CommandFault): Record<string, unknown> {
  const own = { [EXIT.usage]: 'USAGE', [EXIT.away]: 'SERVICE_AWAY', [EXIT.interrupted]: 'INTERRUPTED' } as const;
  return { code: code ?? own[status as keyof typeof own] ?? 'REFUSED', detail: message, errors: details };
}

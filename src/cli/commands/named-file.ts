/** Files that a command names, and `-` for what is piped in. */
import { readFile, writeFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { CommandFault } from '../command-fault.ts';
import { EXIT } from '../exit-status.ts';

/** @throws CommandFault where it cannot be read */
export async function readNamed(path: string): Promise<string> {
  try {
    return withoutMark(await (path === '-' ? readStream(process.stdin) : readFile(path, 'utf8')));
  } catch (error) {
    throw fileFault(`${path} cannot be read`, error);
  }
}

/** Some editors begin a file with a byte-order mark, which neither JSON nor YAML wants there. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

/** @throws CommandFault where it cannot be written */
export async function writeNamed(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw fileFault(`${path} cannot be written`, error);
  }
}

function fileFault(what: string, error: unknown): CommandFault {
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandFault(EXIT.usage, `${what}: ${reason}`, { cause: error });
}

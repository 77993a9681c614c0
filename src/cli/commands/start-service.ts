/** `carillon start`: what `npm start` starts, in this process. */
import { CommandFault } from '../command-fault.ts';
import { EXIT } from '../exit-status.ts';

export interface StartOptions {
  readonly port?: string;
  readonly host?: string;
  readonly dataDirectory?: string;
}

/** Whoever asks a service needs none of what this does: the other commands run on Node 20 too. */
const OLDEST_NODE = 22;

/** Settles at once; the service goes on until it is told to stop, and sets the exit status itself. @throws CommandFault */
export async function startService({ port, host, dataDirectory }: StartOptions): Promise<void> {
  const { node } = process.versions;
  if (Number(node.split('.')[0]) < OLDEST_NODE)
    throw new CommandFault(EXIT.refused, `The service needs Node ${OLDEST_NODE} or newer, and this is ${node}.`);
  if (port !== undefined) process.env['PORT'] = port;
  if (host !== undefined) process.env['HOST'] = host;
  if (dataDirectory !== undefined) process.env['DATA_DIRECTORY'] = dataDirectory;
  await import('../../main/fast-start.js');
  await import('../../main/node.ts');
}

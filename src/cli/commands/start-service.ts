/** `carillon start`: what `npm start` starts, in this process. */
export interface StartOptions {
  readonly port?: string;
  readonly host?: string;
  readonly dataDirectory?: string;
}

/** Settles at once; the service goes on until it is told to stop, and sets the exit status itself. */
export async function startService({ port, host, dataDirectory }: StartOptions): Promise<void> {
  if (port !== undefined) process.env['PORT'] = port;
  if (host !== undefined) process.env['HOST'] = host;
  if (dataDirectory !== undefined) process.env['DATA_DIRECTORY'] = dataDirectory;
  await import('../../main/fast-start.ts');
  await import('../../main/node.ts');
}

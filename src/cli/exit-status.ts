/** What the exit status of `carillon` means. Scripts rely on it: a number is never given another meaning. */
export const EXIT = {
  ok: 0,
  /** The request was understood and refused, or what it names does not exist. */
  refused: 1,
  /** The command line itself, or a file it names, cannot be read. */
  usage: 2,
  /** Nothing answers at the service's address, or its database is away. */
  away: 3,
  /** No token, an unknown one, or one of a role that may not. */
  notAllowed: 4,
  /** A run that was followed ended as FAILED. */
  runFailed: 5,
  /** Cut off by Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

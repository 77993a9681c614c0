/** A permission that Deno was not given: said in one sentence, with where all of them stand. */

export function isNotCapable(error: unknown): error is Error {
  return error instanceof Error && error.name === 'NotCapable';
}

/** @param error Deno's own, which names the permission and its flag */
export function toldPermission({ message }: Error): string {
  return `${message}. The tasks in deno.json give all that is needed, and nothing else.`;
}

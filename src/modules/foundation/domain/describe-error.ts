/**
 * What a caught value says. Owns the reading of errors that jobs throw: anything may be thrown, and reading it never
 * throws again, however hostile its `toString` is.
 */
const MAX_CAUSES = 5;

export interface ErrorDescription {
  readonly message: string;
  readonly stack: string | null;
}

/** The message with its chain of causes, and the stack where there is one. Never throws. */
export function describeError(thrown: unknown): ErrorDescription {
  try {
    return { message: messageChain(thrown), stack: thrown instanceof Error ? (thrown.stack ?? null) : null };
  } catch {
    return { message: 'A value was thrown that cannot be read: reading it throws as well.', stack: null };
  }
}

function messageChain(thrown: unknown): string {
  const messages: string[] = [];
  for (let error = thrown, depth = 0; error !== undefined && error !== null && depth < MAX_CAUSES; depth += 1) {
    const message = ownMessage(error);
    if (!messages.some((earlier) => earlier.includes(message))) messages.push(message);
    error = error instanceof Error ? error.cause : undefined;
  }
  return messages.length === 0 ? `${String(thrown)} was thrown, which is not an Error.` : messages.join(': ');
}

function ownMessage(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(ownMessage).join(', ');
  if (error instanceof Error) return error.message === '' ? error.name : `${prefixOf(error)}${error.message}`;
  if (typeof error === 'object') return JSON.stringify(error) ?? 'an object';
  return String(error);
}

function prefixOf(error: Error): string {
  return error.name === 'Error' || error.message.includes(error.name) ? '' : `${error.name}: `;
}

/**
 * What a caught value says. Owns the reading of errors that jobs throw: anything may be thrown, and reading it never
 * throws again, however hostile its `toString` is.
 */
const MAX_CAUSES = 5;
const MAX_GATHERED = 5;

export interface ErrorDescription {
  readonly message: string;
  readonly stack: string | null;
}

/** The message with its chain of causes, and the stack where there is one. Never throws. */
export function describeError(thrown: unknown): ErrorDescription {
  return {
    message: readOr('A value was thrown that cannot be read: reading it throws as well.', () => messageChain(thrown)),
    stack: readOr(null, () => stackOf(thrown)),
  };
}

function readOr<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

function stackOf(thrown: unknown): string | null {
  const stack: unknown = thrown instanceof Error ? thrown.stack : null;
  return typeof stack === 'string' ? stack : null;
}

function messageChain(thrown: unknown): string {
  const messages: string[] = [];
  for (let error = thrown, depth = 0; isPresent(error) && depth < MAX_CAUSES; depth += 1) {
    const cause = error;
    const message = depth === 0 ? ownMessage(cause) : readOr('a cause that cannot be read', () => ownMessage(cause));
    if (!messages.some((earlier) => earlier.includes(message))) messages.push(message);
    error = readOr(undefined, () => (cause instanceof Error ? cause.cause : undefined));
  }
  const text = messages
    .map((message, index) => (index < messages.length - 1 ? message.replace(/\.$/, '') : message))
    .join(': ');
  return text === '' ? `${thrown === '' ? 'An empty text' : String(thrown)} was thrown, which is not an Error.` : text;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function ownMessage(error: unknown): string {
  if (error instanceof AggregateError) return aggregateMessage(error);
  if (error instanceof Error) return errorMessage(error);
  if (typeof error === 'object')
    return readOr('an object that cannot be read', () => JSON.stringify(error) ?? 'an object');
  // oxlint-disable-next-line typescript/no-base-to-string -- objects are dealt with above
  return String(error);
}

/** What was gathered says more than that something was; only the first few, and not what they gathered in their turn. */
function aggregateMessage(error: AggregateError): string {
  const gathered = [...error.errors].slice(0, MAX_GATHERED).map((inner: unknown) => {
    return readOr('an error that cannot be read', () =>
      inner instanceof Error ? errorMessage(inner) : ownMessage(inner),
    );
  });
  const rest = error.errors.length > MAX_GATHERED ? ` and ${error.errors.length - MAX_GATHERED} more` : '';
  const list = `${gathered.join(', ')}${rest}`;
  if (list === '') return errorMessage(error);
  return error.message === '' ? list : `${errorMessage(error)} (${list})`;
}

/** A class of its own may give anything as its name and message. */
function errorMessage(error: Error): string {
  const name = String(error.name);
  const message = String(error.message);
  if (message === '') return name;
  return name === 'Error' || message.includes(name) ? message : `${name}: ${message}`;
}

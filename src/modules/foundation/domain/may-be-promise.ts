/** A promise, or what has a `then` of its own, or might: whoever is handed it waits for it, and loses nothing where it is neither. */
export function mayBePromise(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

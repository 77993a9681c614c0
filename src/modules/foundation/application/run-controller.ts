/**
 * How one run is told to stop. Invariants: the first reason stands; the job's AbortSignal is made when somebody asks for
 * it, since most runs of a herd never look at theirs, and says the same as this does.
 */
export class RunController {
  #abort: AbortController | null = null;
  #isAborted = false;
  #reason: unknown;
  #listener: ((reason: unknown) => void) | null = null;

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#isAborted) this.#tellSignal();
    return this.#abort.signal;
  }

  /** Stopping again changes nothing. */
  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    this.#listener?.(reason);
    this.#tellSignal();
  }

  /** A signal that its job has frozen cannot be told, and says so by throwing; the run ends all the same. */
  #tellSignal(): void {
    try {
      this.#abort?.abort(this.#reason);
    } catch {
      // The listener knows.
    }
  }

  /** @throws the reason, where it was told to stop */
  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  /** The one who runs it is told, at once where that has happened already. Null: he listens no more. */
  listen(listener: ((reason: unknown) => void) | null): void {
    this.#listener = listener;
    if (this.#isAborted) listener?.(this.#reason);
  }
}

/**
 * Says when it is worth asking about a run again: at once when the service's stream tells of it, and after a while all the
 * same. Owns the stream; invariant: where it is refused, breaks off or is no whole one, waiting goes on by the clock alone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from './api.ts';

/** How long to wait where the stream would have told. */
const QUIET_MS = 5_000;

export class RunSignal {
  readonly #end = new AbortController();
  /** The stream has said hello, and sees every replica. */
  #isWhole = false;
  #hasRung = false;
  #ring: () => void = () => {};

  /** Listens from now on; nothing has to wait for that. */
  constructor({ server, headers }: Pick<Api, 'server' | 'headers'>, executionId: string) {
    void this.#listen(`${server}/admin/stream?executionId=${encodeURIComponent(executionId)}`, headers);
  }

  /** Resolves when something has happened to the run since the last call. @param pollMs at the latest, without a stream */
  async next(pollMs: number): Promise<void> {
    const waiting = new AbortController();
    const rung = new Promise<void>((resolve) => (this.#ring = resolve));
    const waited = delay(this.#isWhole ? QUIET_MS : pollMs, undefined, { signal: waiting.signal });
    if (!this.#hasRung) await Promise.race([rung, waited]);
    this.#hasRung = false;
    waiting.abort();
    await waited.catch(() => {});
  }

  get isClosed(): boolean {
    return this.#end.signal.aborted;
  }

  /** Whoever waits waits no longer. */
  close(): void {
    this.#end.abort();
    this.#hasRung = true;
    this.#ring();
  }

  async #listen(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
    try {
      const response = await fetch(url, { headers, signal: this.#end.signal });
      if (!response.ok || response.body === null) return;
      let text = '';
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (text + piece).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#hear(block);
      }
    } catch {
      // Whoever waits asks by the clock, and learns from the service itself what is wrong with it.
    } finally {
      this.#isWhole = false;
    }
  }

  /** A comment says nothing; everything else is worth a look, a gap above all. */
  #hear(block: string): void {
    const event = /^event: ?(.+)$/m.exec(block)?.[1];
    if (event === undefined) return;
    if (event === 'hello' || event === 'feed') this.#isWhole = /^data:.*"mode":"normal"/m.test(block);
    this.#hasRung = true;
    this.#ring();
  }
}

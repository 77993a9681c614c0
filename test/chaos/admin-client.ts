/**
 * Asks the admin API of whichever replica answers. Invariant: a call ends, by an answer, by an error, or because whoever
 * asked gave it up; which replica is asked depends on the seed and on who is alive.
 */
import type { Cluster } from './cluster.ts';
import { ADMIN_TOKEN } from './replica-process.ts';
import type { SeededRandom } from './seeded-random.ts';

const ANSWER_WITHIN_MS = 8_000;

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is lost after so many milliseconds. */
  readonly giveUpAfterMs?: number;
}

export class AdminClient {
  readonly #cluster: Cluster;
  readonly #random: SeededRandom;

  constructor(cluster: Cluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
  }

  /** @returns null where no replica is up @throws where there is no answer */
  async call({ method, path, body, headers = {}, giveUpAfterMs = ANSWER_WITHIN_MS }: Call): Promise<Response | null> {
    const { addresses } = this.#cluster;
    if (addresses.length === 0) return null;
    return await fetch(`${this.#random.pick(addresses)}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(giveUpAfterMs),
    });
  }
}

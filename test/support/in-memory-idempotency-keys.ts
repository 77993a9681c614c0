/** Keys of repeated requests in a Map. */
import type {
  IdempotencyKeys,
  KeptAnswer,
  KeyClaim,
  KeyedRequest,
} from '../../src/modules/foundation/application/ports/idempotency-keys.ts';

interface Entry {
  readonly requestHash: string;
  answer: KeptAnswer | null;
  /** False: whoever took it died, or gave it back. */
  isHeld: boolean;
}

export class InMemoryIdempotencyKeys implements IdempotencyKeys {
  readonly entries = new Map<string, Entry>();
  /** Every key is being answered by somebody else. */
  areAllHeld = false;

  async take({ scope, key, requestHash }: KeyedRequest): Promise<KeyClaim> {
    if (this.areAllHeld) return { kind: 'inFlight' };
    const name = `${scope} ${key}`;
    const entry = this.entries.get(name);
    if (entry !== undefined && entry.requestHash !== requestHash) return { kind: 'otherPayload' };
    if (entry?.answer) return { kind: 'answered', answer: entry.answer };
    if (entry?.isHeld === true) return { kind: 'inFlight' };
    this.entries.set(name, { requestHash, answer: null, isHeld: true });
    return { kind: 'taken', seed: name };
  }

  async keep({ scope, key }: KeyedRequest, answer: KeptAnswer): Promise<void> {
    this.entries.get(`${scope} ${key}`)!.answer = answer;
  }

  async release({ scope, key }: KeyedRequest, isDone: boolean): Promise<void> {
    if (isDone) this.entries.delete(`${scope} ${key}`);
    else this.entries.get(`${scope} ${key}`)!.isHeld = false;
  }
}

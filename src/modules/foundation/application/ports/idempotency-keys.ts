/** Answers kept for requests that are sent again under the same key. */
import type { Json } from '../../domain/json.ts';

export interface KeyedRequest {
  /** Who asks, and what. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the payload, in hexadecimal. */
  readonly requestHash: string;
}

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/**
 * `taken`: it is the caller's to answer; `seed` is the same for whoever takes the key again after the first one died.
 * `answered`: it was, as it says. `inFlight`: somebody is answering it. `otherPayload`: the key stands for another request.
 */
export type KeyClaim =
  | { readonly kind: 'taken'; readonly seed: string }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  | { readonly kind: 'inFlight' }
  | { readonly kind: 'otherPayload' };

export interface IdempotencyKeys {
  /** One statement; keys older than a day are free again. */
  take(request: KeyedRequest): Promise<KeyClaim>;
  /** Ends the taking with its answer. */
  keep(request: KeyedRequest, answer: KeptAnswer): Promise<void>;
  /** Ends the taking without one. @param isDone nothing has happened: the key is free for another payload too */
  release(request: KeyedRequest, isDone: boolean): Promise<void>;
}

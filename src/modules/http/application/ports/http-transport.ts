/**
 * One exchange over HTTP: no redirect is followed, nothing is retried. A transport connects to the addresses it is
 * given and never resolves a name again: what was checked is what is reached.
 */
import type { HttpMessage } from '../../domain/http-message.ts';
import type { ResolvedAddress } from './address-resolver.ts';

export interface HttpExchange extends HttpMessage {
  /** Where to connect. null: the runtime has no resolver of its own and connects by name. */
  readonly addresses: readonly ResolvedAddress[] | null;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly location: string | null;
  /** At most `limit` bytes of the body; the rest is never received, and the connection is closed. */
  read(limit: number): Promise<Uint8Array>;
  /** Closes the connection without reading the body. */
  discard(): void;
}

export interface HttpTransport {
  /** Rejects when there is no answer, and when the signal aborts. */
  exchange(exchange: HttpExchange): Promise<HttpAnswer>;
}

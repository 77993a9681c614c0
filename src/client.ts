/** `carillon/client`: the admin API as typed calls, over `fetch` alone. Bundles no server. */
import type { AppType } from './modules/foundation/interface/http/app.ts';
import { createEncodingClient, PathParameterError } from './modules/foundation/interface/http/encoding-client.ts';

export { type AppType, PathParameterError };

export interface ClientOptions {
  /** Of whichever role is needed. */
  readonly token: string;
  readonly fetch?: typeof fetch;
}

/**
 * Path parameters are given as they are, and encoded here. A call throws `PathParameterError` for an id that no URL can carry.
 * @param address with the base path, such as `http://127.0.0.1:3000`
 */
export function createClient(address: string, { token, ...options }: ClientOptions) {
  return createEncodingClient(address, { ...options, headers: { authorization: `Bearer ${token}` } });
}

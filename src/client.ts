/** `carillon/client`: the admin API as typed calls, over `fetch` alone. Bundles no server. */
import { hc } from 'hono/client';
import type { AppType } from './modules/foundation/interface/http/app.ts';

export type { AppType };

export interface ClientOptions {
  /** Of whichever role is needed. */
  readonly token: string;
  readonly fetch?: typeof fetch;
}

/** @param address with the base path, such as `http://127.0.0.1:3000` */
export function createClient(address: string, { token, ...options }: ClientOptions) {
  return hc<AppType>(address, { ...options, headers: { authorization: `Bearer ${token}` } });
}

/**
 * Hono's typed client, which writes path parameters into the URL as they are. Owns that they are encoded first: whatever an
 * id holds, the request is about that id, or none is sent.
 */
import { hc } from 'hono/client';
import type { AppType } from './app.ts';

type ClientOptions = Parameters<typeof hc>[1];

/** A path parameter that no URL can carry: empty, `.`, `..`, or half of a character. */
export class PathParameterError extends Error {
  override readonly name = 'PathParameterError';
  readonly code = 'PATH_PARAMETER_INVALID';

  constructor(parameter: string, value: unknown) {
    super(`${JSON.stringify(value)} is no ${parameter}: no address can carry it, and nothing was asked.`);
  }
}

/** @param address with the base path. Its calls throw `PathParameterError`. */
export function createEncodingClient(address: string, options: ClientOptions) {
  return encoding(hc<AppType>(address, options));
}

/** The same client; every call of it, however deep, has its `param` encoded. */
function encoding<Client extends object>(client: Client): Client {
  return new Proxy(client, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? encoding(member) : member;
    },
    apply(target, self, [request, ...rest]: unknown[]) {
      return Reflect.apply(target as (...all: unknown[]) => unknown, self, [withEncodedParam(request), ...rest]);
    },
  });
}

function withEncodedParam(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('param' in request)) return request;
  const param = Object.entries(request.param ?? {}).map(([name, value]) => [name, encode(name, value)]);
  return { ...request, param: Object.fromEntries(param) };
}

function encode(name: string, value: unknown): string {
  // A URL's own grammar removes the dots, encoded or not, and a parameter that is empty.
  if (typeof value !== 'string' || /^\.{0,2}$/.test(value) || !value.isWellFormed()) {
    throw new PathParameterError(name, value);
  }
  return encodeURIComponent(value);
}

/**
 * HTTP over node:http and node:https, in Node, Deno and Bun. Invariant: a connection goes to an address that it was
 * given, since `lookup` answers with those alone: a name that resolves differently a moment later changes nothing.
 * Each exchange has its own agent, so that no connection is reused for an address that was not checked for it, and no
 * proxy of the environment resolves the name once more (Deno's would, even where a request asks for no agent).
 */
import { Agent, type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http';
import { Agent as SecureAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { ResolvedAddress } from '../application/ports/address-resolver.ts';
import type { HttpAnswer, HttpExchange, HttpTransport } from '../application/ports/http-transport.ts';

const NO_PROXY = { proxyEnv: {} };

export class NodeHttpTransport implements HttpTransport {
  async exchange(exchange: HttpExchange): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    // As bytes: joined to a text, the headers would be encoded as the text is, and they are Latin-1.
    const body = exchange.body === null ? null : new TextEncoder().encode(exchange.body);
    const send = exchange.url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(exchange.url, requestOptions(exchange, body, reject));
    request.once('response', resolve);
    // Stays for good: an abort may come after the answer.
    request.on('error', reject);
    // An upgrade that nobody asked for closes without an error.
    request.once('close', () => reject(new Error('the connection was closed without an answer')));
    request.end(body ?? undefined);
    const response = await promise;
    response.on('error', () => {});
    return answerOf(response, () => request.destroy());
  }
}

function requestOptions(
  exchange: HttpExchange,
  body: Uint8Array | null,
  reject: (error: unknown) => void,
): RequestOptions {
  const { method, url, headers, addresses, signal } = exchange;
  const agent = url.protocol === 'https:' ? new SecureAgent(NO_PROXY) : new Agent(NO_PROXY);
  const length = body === null ? {} : { 'content-length': String(body.length) };
  const pinned = addresses === null ? {} : { lookup: lookupAmong(addresses, reject) };
  return { method, signal, agent, headers: { ...Object.fromEntries(headers), ...length }, ...pinned };
}

/** A `lookup` that knows these addresses alone. */
function lookupAmong(addresses: readonly ResolvedAddress[], reject: (error: unknown) => void): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    try {
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    } catch (error) {
      // Deno throws from within the callback when it may not reach the address; nobody above would catch it.
      reject(error);
    }
  };
}

function answerOf(response: IncomingMessage, close: () => void): HttpAnswer {
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location ?? null,
    read: (limit) => readUpTo(response, limit).finally(close),
    discard: close,
  };
}

async function readUpTo(response: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

/**
 * HTTP over the runtime's `fetch`, where there is no node:http (Cloudflare Workers). It connects by name: which address
 * is reached is the runtime's affair, so it belongs only where fetch cannot reach a private network.
 */
import type { HttpAnswer, HttpExchange, HttpTransport } from '../application/ports/http-transport.ts';

export class FetchHttpTransport implements HttpTransport {
  async exchange({ url, method, headers, body, signal }: HttpExchange): Promise<HttpAnswer> {
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    return {
      status: response.status,
      location: response.headers.get('location'),
      read: (limit) => readUpTo(response, limit),
      discard: () => void response.body?.cancel().catch(() => {}),
    };
  }
}

async function readUpTo(response: Response, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body ?? []) {
    const piece = chunk.subarray(0, limit - length);
    bytes.set(piece, length);
    length += piece.length;
    if (length === limit) break;
  }
  return bytes.subarray(0, length);
}

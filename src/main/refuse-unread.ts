/**
 * What Node refuses before there is a request to give to the application: headers beyond its limit, a head that comes too
 * slowly, bytes that are no HTTP. Owns their answers, problems (RFC 9457) like all others; invariant: nothing is written
 * into an answer that is already on its way, and the connection ends.
 */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Refusal {
  readonly status: number;
  readonly phrase: string;
  readonly code: string;
  readonly detail: string;
}

const MALFORMED: Refusal = {
  ...{ status: 400, phrase: 'Bad Request', code: 'REQUEST_MALFORMED' },
  detail: 'This is no HTTP request that can be read.',
};

/** By the code of Node's error. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    ...{ status: 431, phrase: 'Request Header Fields Too Large', code: 'HEADERS_TOO_LARGE' },
    detail: 'The address and the headers of a request are at most 16 KiB long together.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    ...{ status: 413, phrase: 'Content Too Large', code: 'BODY_TOO_LARGE' },
    detail: 'The extensions of a chunk are at most 16 KiB long.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    ...{ status: 408, phrase: 'Request Timeout', code: 'REQUEST_TIMEOUT' },
    detail: 'The request was not whole in time.',
  },
};

/** A listener of a server's `clientError`. */
export function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
  if (!socket.writable || error.code === 'ECONNRESET' || answer?.headersSent === true) {
    socket.destroy();
    return;
  }
  socket.end(answerOf(REFUSALS[error.code ?? ''] ?? MALFORMED));
}

function answerOf({ status, phrase, code, detail }: Refusal): string {
  const type = `urn:carillon:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  const body = JSON.stringify({ type, title: phrase, status, detail, code, requestId: crypto.randomUUID() });
  const head = [
    `HTTP/1.1 ${status} ${phrase}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

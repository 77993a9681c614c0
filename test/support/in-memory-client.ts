/** Sends requests to an application in memory, as a role. */
import { type InMemoryService, TOKENS } from './in-memory-service.ts';

export interface Send {
  readonly as?: keyof typeof TOKENS | null;
  /** Sent as JSON; a string or a stream as it is. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
  readonly text: string;
}

export type Client = (request: `${string} /${string}`, send?: Send) => Promise<Answer>;

/** `send('PUT /admin/jobs/a', {body})`; as an admin where no role is named, without a token where it is null. */
export function clientOf({ app }: Pick<InMemoryService, 'app'>): Client {
  return async (request, { as = 'admin', body, headers = {} } = {}) => {
    const [method, path] = request.split(/ (.*)/s);
    const init: RequestInit = {
      method: method!,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${TOKENS[as]}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: toBody(body), duplex: 'half' }),
    };
    const response = await app.request(path!, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: readJson(response.headers, text) };
  };
}

/** The text itself where it does not claim to be JSON. */
function readJson(headers: Headers, text: string): unknown {
  if (text === '') return null;
  return headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
}

function toBody(body: unknown): string | ReadableStream {
  return typeof body === 'string' || body instanceof ReadableStream ? body : JSON.stringify(body);
}

/** Sends what was made up, and says what is wrong with the answer. */
import type { Hono } from 'hono';
import type { HttpEnv } from '../../src/modules/foundation/interface/http/http-env.ts';
import { contractFaults } from '../unit/modules/foundation/interface/http/contract-client.ts';
import type { FuzzedRequest } from './request-arbitrary.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Document = any;

export type App = Pick<Hono<HttpEnv>, 'fetch'>;

export async function documentOf(app: App, token: string): Promise<Document> {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.fetch(new Request('http://localhost/openapi.json', { headers }))).json();
}

/** @returns the status and what the document does not say of such an answer; a 500 always is a fault */
export async function sendFuzzed(
  app: App,
  { method, path, headers, body }: FuzzedRequest,
  document: Document,
): Promise<{ status: number; faults: string[] }> {
  const response = await app.fetch(
    new Request(`http://localhost${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
  );
  const { status } = response;
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    await response.body?.cancel();
    return { status, faults: [] };
  }
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const answer = { status, headers: response.headers, json: text === '' ? null : isJson ? JSON.parse(text) : text };
  const faults = contractFaults(answer, document, { method, path });
  return { status, faults: status === 500 ? [`500: ${text}`, ...faults] : faults };
}

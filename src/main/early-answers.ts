/**
 * What a service answers before its application is loaded. Invariant: it says that the process is alive, and nothing else;
 * every other request waits for the application, and is answered by it.
 */
import type { Application } from './bootstrap.ts';

const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

export class EarlyAnswers {
  readonly #livez: string;
  readonly #application = Promise.withResolvers<Application['fetch']>();
  #fetch: Application['fetch'];

  constructor(basePath: string) {
    this.#livez = `${basePath}/livez`;
    this.#fetch = (request, client) => this.#answerEarly(request, client);
  }

  answer(request: Request, client?: string): Response | Promise<Response> {
    return this.#fetch(request, client);
  }

  /** It answers from now on, those that waited for it too. */
  handTo(fetch: Application['fetch']): void {
    this.#fetch = fetch;
    this.#application.resolve(fetch);
  }

  async #answerEarly(request: Request, client: string | undefined): Promise<Response> {
    const isAsked = request.method === 'GET' && ['/livez', this.#livez].includes(new URL(request.url).pathname);
    if (isAsked) return new Response('{"status":"ok"}', { headers: HEADERS });
    const fetch = await this.#application.promise;
    return fetch(request, client);
  }
}

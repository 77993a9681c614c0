/**
 * Carillon on Cloudflare Workers: `fetch` is the whole admin API, `scheduled` one sweep, `queue` what a sweep handed over.
 * Knows how Workers invoke, and nothing else.
 */
import { FetchHttpTransport } from '../modules/http/infrastructure/fetch-http-transport.ts';
import { createInvocations } from './invocations.ts';
import type { ModuleRegistries } from './modules.ts';
import type { WorkerEnv } from './worker-settings.ts';

export interface WorkerContext {
  waitUntil(work: Promise<unknown>): void;
}

/** Messages of a queue, as Cloudflare delivers them. */
export interface MessageBatch {
  readonly messages: readonly { readonly body: unknown }[];
  retryAll(): void;
}

export interface CarillonWorker {
  fetch(request: Request, env: WorkerEnv, context: WorkerContext): Promise<Response>;
  scheduled(event: unknown, env: WorkerEnv, context: WorkerContext): Promise<void>;
  queue(batch: MessageBatch, env: WorkerEnv): Promise<void>;
}

/** What a Worker exports by default. @param modules of a host's own, beside `http` and `maintenance` */
export function createWorker({ modules = {} }: { readonly modules?: ModuleRegistries } = {}): CarillonWorker {
  const egress = { transport: new FetchHttpTransport(), resolver: null };
  const invocations = createInvocations({ runtime: 'workerd', hostname: 'cloudflare', egress, modules });
  return {
    fetch: (request, env, context) => {
      const address = request.headers.get('cf-connecting-ip') ?? undefined;
      return invocations.answer(request, env, { address, waitUntil: (work) => context.waitUntil(work) });
    },
    scheduled: async (_event, env, context) => {
      const swept = invocations.sweep(env);
      context.waitUntil(swept);
      await swept;
    },
    queue: async (batch, env) => {
      const handlers = batch.messages.flatMap(({ body }) => handlerOf(body) ?? []);
      if (!(await invocations.runQueued(env, handlers))) batch.retryAll();
    },
  };
}

/** Null: no message of ours. It is dropped, since it would never be one. */
function handlerOf(body: unknown): string | null {
  const isOurs = typeof body === 'object' && body !== null && 'handler' in body && typeof body.handler === 'string';
  return isOurs ? (body.handler as string) : null;
}

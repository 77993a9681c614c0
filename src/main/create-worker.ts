/**
 * Carillon on Cloudflare Workers: `fetch` is the whole admin API, `scheduled` one sweep. Knows how Workers invoke, and nothing
 * else. Invariants: a database client belongs to one invocation and ends with it; nothing here reaches the embedded database.
 */
import { describeError } from '../modules/foundation/domain/describe-error.ts';
import { InvalidSettingsError } from '../modules/foundation/domain/errors.ts';
import { configureLogging, LogTapeLogger } from '../modules/foundation/infrastructure/logging/logtape-logger.ts';
import { PostgresDatabase } from '../modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { FailureLimit } from '../modules/foundation/interface/http/failure-limit.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';
import { FetchHttpTransport } from '../modules/http/infrastructure/fetch-http-transport.ts';
import { appOf, assemble, type Assembly } from './assemble.ts';
import type { ModuleRegistries } from './modules.ts';
import { armOnce, sweepOnce } from './sweep-once.ts';
import { SweepReadiness } from './sweep-readiness.ts';
import { type WorkerEnv, type WorkerSettings, workerSettings } from './worker-settings.ts';

/** Sweeps come every minute; an invocation of a cron trigger may take 15 minutes. */
const CLAIM_FOR_MS = 45_000;
const RUN_FOR_MS = 13 * 60_000;
/** A Worker has six connections. */
const MAX_CONNECTIONS = 5;
const PLACE = { runtime: 'workerd', hostname: 'cloudflare' };

export interface WorkerContext {
  waitUntil(work: Promise<unknown>): void;
}

export interface CarillonWorker {
  fetch(request: Request, env: WorkerEnv, context: WorkerContext): Promise<Response>;
  scheduled(event: unknown, env: WorkerEnv, context: WorkerContext): Promise<void>;
}

interface Invocation extends Assembly {
  readonly settings: WorkerSettings;
  readonly database: PostgresDatabase;
}

/** What a Worker exports by default. @param modules of a host's own, beside `http` and `maintenance` */
export function createWorker({ modules = {} }: { readonly modules?: ModuleRegistries } = {}): CarillonWorker {
  const logger = new LogTapeLogger();
  const egress = { transport: new FetchHttpTransport(), resolver: null };
  const failures = new FailureLimit(() => performance.now());
  let isMigrated = false;

  /** @throws InvalidSettingsError, DuplicateJobError */
  async function begin(env: WorkerEnv): Promise<Invocation> {
    const settings = workerSettings(env);
    await configureLogging({ level: settings.logLevel, format: settings.logFormat });
    const database = new PostgresDatabase({
      url: settings.databaseUrl,
      schema: settings.databaseSchema,
      maxConnections: MAX_CONNECTIONS,
      // Hyperdrive pools by transaction, where the migrations' lock locks nothing.
      migrations: isMigrated ? 'known' : settings.isPooled ? 'expect' : 'apply',
      onProgress: (message) => logger.info(message),
    });
    return { ...assemble(settings, { ...PLACE, database, logger, egress, modules }), settings, database };
  }

  async function answer(invocation: Invocation, request: Request): Promise<Response> {
    const { container, database, registry, settings } = invocation;
    const readiness = new SweepReadiness(database, container.resolve(tokenOf('claims')));
    container.register(tokenOf('readiness'), { useValue: readiness });
    container.resolve(tokenOf('directory')).useRegistry(registry);
    const fault = await database.open().then(
      () => null,
      (error: unknown) => error,
    );
    isMigrated ||= fault === null;
    const { pathname } = new URL(request.url);
    if (/\/(readyz|admin\/scheduler)$/.test(pathname)) await readiness.look(fault);
    if (pathname.endsWith('/admin/stream') && fault === null) await watchOnce(invocation);
    const client = request.headers.get('cf-connecting-ip') ?? undefined;
    return appOf(container, settings, { failures }).fetch(request, client === undefined ? {} : { client });
  }

  /** What this stream shows comes through a listening connection of its own. Where there can be none, the stream says so. */
  async function watchOnce({ container, settings }: Invocation): Promise<void> {
    const live = container.resolve(tokenOf('live'));
    const canListen = settings.isPooled
      ? Promise.reject(new Error('Hyperdrive passes no notifications on.'))
      : container.resolve(tokenOf('relay')).listen();
    await canListen.catch((error: unknown) => {
      const detail = `Nothing is seen live: ${describeError(error).message} Ask GET /admin/executions again and again.`;
      live.setMode({ mode: 'degraded', detail });
    });
  }

  /** Behind the answer: what was changed is armed at once, since the next sweep may come after its first occurrence. */
  async function end({ container, database, registry }: Invocation, request: Request): Promise<void> {
    try {
      if (isMigrated && !['GET', 'HEAD'].includes(request.method)) await armOnce(container, registry);
    } catch (error) {
      const reason = describeError(error).message;
      logger.warn('Changed jobs could not be armed; the next sweep arms them, from its own time on.', { reason });
    } finally {
      await container.resolve(tokenOf('relay')).stop();
      await database.close();
    }
  }

  async function sweep(env: WorkerEnv): Promise<void> {
    const { container, registry } = await begin(env);
    const { isUp, started } = await sweepOnce(container, { registry, claimForMs: CLAIM_FOR_MS, runForMs: RUN_FOR_MS });
    isMigrated ||= isUp;
    logger.info(isUp ? `Swept: ${started} runs.` : 'Nothing was swept; the next sweep goes on with what is due.');
  }

  return {
    fetch: async (request, env, context) => {
      try {
        const invocation = await begin(env);
        const response = await answer(invocation, request);
        const [sent, body] = untilSent(response);
        context.waitUntil(body.then(() => end(invocation, request)));
        return sent;
      } catch (error) {
        return unusable(error);
      }
    },
    scheduled: async (_event, env, context) => {
      const swept = sweep(env);
      context.waitUntil(swept);
      await swept;
    },
  };
}

/** A stream reads from the database until its reader has gone. */
function untilSent(response: Response): [Response, Promise<void>] {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || response.body === null) return [response, Promise.resolve()];
  const { readable, writable } = new TransformStream();
  return [new Response(readable, response), response.body.pipeTo(writable).catch(() => {})];
}

/** The log says what is wrong, and the caller that it is not his fault. */
function unusable(error: unknown): Response {
  const faults = error instanceof InvalidSettingsError ? error.errors : [];
  const list = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  console.error(`Carillon cannot serve: ${describeError(error).message} ${list}`);
  return new Response('Carillon cannot serve: its log says why.\n', { status: 503 });
}

/**
 * Carillon where no process lives on: each request, each sweep and each message of a queue is an invocation with a database
 * client of its own. Knows no platform. Invariants: what an invocation opens ends with it; nothing here reaches the embedded
 * database; a message only says where to look, and the claims decide what runs, so that one that comes twice harms nothing.
 */
import { describeError } from '../modules/foundation/domain/describe-error.ts';
import { InvalidSettingsError } from '../modules/foundation/domain/errors.ts';
import type { MergedJobRegistry } from '../modules/foundation/domain/job-definition.ts';
import { configureLogging, LogTapeLogger } from '../modules/foundation/infrastructure/logging/logtape-logger.ts';
import { PostgresDatabase } from '../modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { FailureLimit } from '../modules/foundation/interface/http/failure-limit.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';
import { appOf, assemble, type Assembly } from './assemble.ts';
import { findQueued } from './find-queued.ts';
import type { Egress, ModuleRegistries } from './modules.ts';
import { armOnce, sweepOnce } from './sweep-once.ts';
import { SweepReadiness } from './sweep-readiness.ts';
import { type WorkerEnv, type WorkerSettings, workerSettings } from './worker-settings.ts';
import { sayCount } from '../modules/foundation/domain/words/say-count.ts';

/** Sweeps come every minute; an invocation may take 15 minutes. */
const CLAIM_FOR_MS = 45_000;
/** Of one function alone, which is all that a message asks for. */
const CLAIM_QUEUED_FOR_MS = 5_000;
const RUN_FOR_MS = 13 * 60_000;
/** A Worker has six connections. */
const MAX_CONNECTIONS = 5;

export interface InvocationOptions {
  readonly runtime: string;
  readonly hostname: string;
  readonly egress: Egress;
  /** Of a host's own, beside `http` and `maintenance`. */
  readonly modules: ModuleRegistries;
}

interface Invocation extends Assembly {
  readonly settings: WorkerSettings;
  readonly database: PostgresDatabase;
}

/** Who asks, and who sees to what is still to be done behind the answer. */
export interface Caller {
  readonly address: string | undefined;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export interface Invocations {
  /** Never rejects. */
  answer(request: Request, env: WorkerEnv, caller: Caller): Promise<Response>;
  /** What is due and what waits, without what is left to replicas or handed to a queue. */
  sweep(env: WorkerEnv): Promise<void>;
  /** The same of these functions alone. @returns false: the database could not be used, and a later attempt may do better */
  runQueued(env: WorkerEnv, handlers: readonly string[]): Promise<boolean>;
}

export function createInvocations({ modules, ...place }: InvocationOptions): Invocations {
  const logger = new LogTapeLogger();
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
      // An invocation is short: behind Hyperdrive a step of the deployment applies them.
      migrations: isMigrated ? 'known' : settings.isPooled ? 'expect' : 'apply',
      onProgress: (message) => logger.info(message),
    });
    return { ...assemble(settings, { ...place, database, logger, modules }), settings, database };
  }

  async function respond(invocation: Invocation, request: Request, address: string | undefined): Promise<Response> {
    const { container, database, registry, settings } = invocation;
    const readiness = new SweepReadiness(database, container.resolve(tokenOf('claims')));
    container.register(tokenOf('readiness'), { useValue: readiness });
    container.resolve(tokenOf('directory')).useRegistry(registry);
    const { pathname } = new URL(request.url);
    // Whether the process lives is not the database's to say.
    const fault = pathname.endsWith('/livez') ? NOT_ASKED : await opened(database);
    isMigrated ||= fault === null;
    if (/\/(readyz|admin\/scheduler)$/.test(pathname)) await readiness.look(fault);
    if (pathname.endsWith('/admin/stream') && fault === null) await watchOnce(invocation);
    return appOf(container, settings, { failures }).fetch(request, address === undefined ? {} : { client: address });
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
  async function end(invocation: Invocation, request: Request): Promise<void> {
    const { container, database, registry } = invocation;
    try {
      if (isMigrated && !['GET', 'HEAD'].includes(request.method)) {
        await armOnce(container, registry);
        await handOver(invocation);
      }
    } catch (error) {
      const reason = describeError(error).message;
      logger.warn('Changed jobs could not be armed; the next sweep arms them, from its own time on.', { reason });
    } finally {
      await container.resolve(tokenOf('relay')).stop();
      await database.close();
    }
  }

  /** A message a function that has something to do. Whoever claims it first runs it. */
  async function handOver({ container, registry, settings: { queue } }: Invocation): Promise<void> {
    if (queue === null) return;
    try {
      for (const handler of await findQueued(container, registry)) await queue.send({ handler });
    } catch (error) {
      const reason = describeError(error).message;
      logger.warn('Long work could not be handed to the queue; the next sweep hands it over.', { reason });
    }
  }

  async function sweepOf(env: WorkerEnv, limits: SweepLimits): Promise<boolean> {
    const invocation = await begin(env);
    const { container, registry } = invocation;
    const { isUp, started } = await sweepOnce(container, {
      registry: limits.registryOf(registry),
      claimForMs: limits.claimForMs,
      runForMs: RUN_FOR_MS,
      ...(limits.handsOver ? { onClaiming: () => handOver(invocation) } : { isPartial: true }),
    });
    isMigrated ||= isUp;
    logger.info(
      isUp ? `Swept: ${sayCount(started, 'run')}.` : 'Nothing was swept; the next sweep goes on with what is due.',
    );
    return isUp;
  }

  return {
    answer: async (request, env, { address, waitUntil }) => {
      try {
        const invocation = await begin(env);
        const response = await respond(invocation, request, address);
        const [sent, body] = untilSent(response);
        waitUntil(body.then(() => end(invocation, request)));
        return sent;
      } catch (error) {
        return unusable(error);
      }
    },
    sweep: async (env) => {
      await sweepOf(env, { registryOf: withoutLongOnes, claimForMs: CLAIM_FOR_MS, handsOver: true });
    },
    runQueued: async (env, handlers) => {
      if (handlers.length === 0) return true;
      const registryOf = (all: MergedJobRegistry) => new Map([...all].filter(([id]) => handlers.includes(id)));
      return sweepOf(env, { registryOf, claimForMs: CLAIM_QUEUED_FOR_MS, handsOver: false });
    },
  };
}

interface SweepLimits {
  readonly registryOf: (all: MergedJobRegistry) => MergedJobRegistry;
  readonly claimForMs: number;
  readonly handsOver: boolean;
}

function withoutLongOnes(registry: MergedJobRegistry): MergedJobRegistry {
  return new Map([...registry].filter(([, { longRunsIn }]) => longRunsIn === undefined));
}

const NOT_ASKED = new Error('The database was not asked.');

/** @returns why it could not be opened; null: it was */
async function opened(database: PostgresDatabase): Promise<unknown> {
  try {
    await database.open();
    return null;
  } catch (error) {
    return error;
  }
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

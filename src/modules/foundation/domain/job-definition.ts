/**
 * What a business module gives to the scheduler: job functions under their ids. Owns the shape of a registry entry;
 * an entry is a plain function or a `defineJob(…)` with a schema of its keyword arguments.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonObject } from './json.ts';
import type { RunTrigger } from './run.ts';

export type { Json, JsonObject } from './json.ts';

export interface JobLogger {
  debug(message: string, properties?: Record<string, unknown>): void;
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

/** What a running job knows of its run. Instants are `Date`s in UTC. */
export interface JobContext {
  readonly jobId: string;
  readonly executionId: string;
  /** The occurrence this run is for: its nominal time, not the time it started. */
  readonly scheduledAt: Date;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly trigger: RunTrigger;
  /** `jobId@scheduledAt`, the same for each attempt at one occurrence. */
  readonly idempotencyKey: string;
  /** Aborted by timeout, cancellation and shutdown. Hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
  readonly logger: JobLogger;
  /** @param fraction 0 to 1 */
  progress(fraction: number, message?: string): void;
  /** When the job last ended in success, or null. */
  readonly lastSuccessAt: Date | null;
}

export type JobFunction<Kwargs = JsonObject> = (kwargs: Kwargs, context: JobContext) => unknown;

export interface JobDefinition<Schema extends StandardSchemaV1 = StandardSchemaV1> {
  run: JobFunction<StandardSchemaV1.InferOutput<Schema>>;
  /** Any Standard Schema. Checked when a job is saved, when it is triggered, and before it runs. */
  kwargs?: Schema;
  description?: string;
  /**
   * Works for minutes: where a sweep's invocation would be cut off (Cloudflare Workers) it is left to a replica that lives on, or
   * handed to a queue, each run with an invocation's whole time. Elsewhere it means nothing.
   */
  longRunsIn?: 'replica' | 'queue';
  /** Keyword arguments that a configuration's own are laid over. */
  defaults?: JsonObject;
  /** What whoever saves a job with these arguments should know although they are right. Asked without a run: it does no I/O. */
  warnings?: (kwargs: StandardSchemaV1.InferOutput<Schema>) => readonly string[];
}

/** A job function with its schema. The kwargs' type is inferred from the schema. */
export function defineJob<Schema extends StandardSchemaV1>(definition: JobDefinition<Schema>): JobDefinition {
  return definition as unknown as JobDefinition;
}

/** What a module's `application/job-registry.ts` exports: job id → function or definition. */
export type JobRegistry = Readonly<Record<string, JobFunction | JobDefinition>>;

/** One entry of the merged registry. */
export interface RegisteredJob extends JobDefinition {
  readonly id: string;
  readonly module: string;
}
export type MergedJobRegistry = ReadonlyMap<string, RegisteredJob>;

/** A registry entry in its full form, under the id and the module it came from. */
export function toRegisteredJob(id: string, module: string, entry: JobFunction | JobDefinition): RegisteredJob {
  const definition = typeof entry === 'function' ? { run: entry as JobDefinition['run'] } : entry;
  return { ...definition, id, module };
}

/**
 * The body of a request, read once and checked by the schema that documents it.
 *
 * Invariant: what passes is JSON that the database can keep and that fits the schema; what does not is told apart: 415
 * not JSON, 400 not readable (and where), 422 not what is asked for.
 */
import type { Context, Env, MiddlewareHandler } from 'hono';
import { resolver, uniqueSymbol } from 'hono-openapi';
import type * as v from 'valibot';
import { InvalidInputError } from '../../domain/errors.ts';
import { findUnstorable } from '../../domain/storable-json.ts';
import { type InputSchema, readInput } from './input-faults.ts';
import { findJsonFault } from './json-fault.ts';
import type { HttpEnv } from './http-env.ts';
import { BODY_DEADLINE_MS, readBody } from './read-body.ts';
import { RequestError } from './request-error.ts';

const JSON_MEDIA_TYPE = /^application\/([\w.-]+\+)?json$/i;

export interface BodyOptions {
  /** An empty body stands for `{}`. */
  readonly isOptional?: boolean;
  /** Fields of the answer that may come back in an edited copy of it, and are left out of account. */
  readonly ignored?: readonly string[];
}

export interface JsonInput<Schema extends InputSchema> {
  in: { json: v.InferInput<Schema> };
  out: { json: v.InferOutput<Schema> };
}

export function jsonBody<Schema extends InputSchema, E extends Env, P extends string>(
  schema: Schema,
  options: BodyOptions = {},
): MiddlewareHandler<E, P, JsonInput<Schema>> {
  const middleware: MiddlewareHandler<E, P, JsonInput<Schema>> = async (c, next) => {
    const value = leaveOut(await readJson(c, options.isOptional === true), options.ignored ?? []);
    const unstorable = findUnstorable(value);
    if (unstorable !== null) throw new InvalidInputError(unstorable.message, [unstorable]);
    c.req.addValidatedData('json', readInput(schema, value) as object);
    await next();
  };
  return Object.assign(middleware, { [uniqueSymbol]: { target: 'json', ...resolver(schema) } });
}

async function readJson(c: Context, isOptional: boolean): Promise<unknown> {
  const { bodyDeadlineMs = BODY_DEADLINE_MS } = c.var as Partial<HttpEnv['Variables']>;
  const text = await readBody(c.req.raw, bodyDeadlineMs);
  if (text === '' && isOptional) return {};
  const mediaType = (c.req.header('content-type') ?? '').split(';')[0]!.trim();
  if (text !== '' && !JSON_MEDIA_TYPE.test(mediaType)) {
    throw new RequestError('MEDIA_TYPE_UNSUPPORTED', "The body must be JSON, with 'Content-Type: application/json'.", {
      headers: { accept: 'application/json' },
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(text);
  }
}

function malformed(text: string): RequestError {
  const position = findJsonFault(text);
  const line = text.slice(0, position).split('\n').length;
  const message =
    position >= text.length ? 'The JSON ends too early.' : `Unexpected character at offset ${position}, line ${line}.`;
  return new RequestError('JSON_MALFORMED', message, { errors: [{ path: '', message, position }] });
}

function leaveOut(value: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)));
}

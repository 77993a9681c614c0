/** The query of a request, checked by the schema that documents it; a parameter given twice is refused, as an unknown one. */
import type { Env, MiddlewareHandler } from 'hono';
import { resolver, uniqueSymbol } from 'hono-openapi';
import type * as v from 'valibot';
import { InvalidInputError } from '../../domain/errors.ts';
import { findUnstorable } from '../../domain/storable-json.ts';
import { type InputSchema, readInput } from './input-faults.ts';

export interface QueryInput<Schema extends InputSchema> {
  in: { query: v.InferInput<Schema> };
  out: { query: v.InferOutput<Schema> };
}

export function queryInput<Schema extends InputSchema, E extends Env, P extends string>(
  schema: Schema,
): MiddlewareHandler<E, P, QueryInput<Schema>> {
  const middleware: MiddlewareHandler<E, P, QueryInput<Schema>> = async (c, next) => {
    const given = Object.entries(c.req.queries());
    const value = Object.fromEntries(given.map(([key, values]) => [key, values.length === 1 ? values[0] : values]));
    const unstorable = findUnstorable(value);
    if (unstorable !== null) throw new InvalidInputError(unstorable.message, [unstorable]);
    c.req.addValidatedData('query', readInput(schema, value) as object);
    await next();
  };
  return Object.assign(middleware, { [uniqueSymbol]: { target: 'query', ...resolver(schema) } });
}

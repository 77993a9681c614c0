/**
 * A route in the OpenAPI document: what it does, what it answers, how it refuses. Owns what all of them have in common.
 */
import type { MiddlewareHandler } from 'hono';
import { describeRoute, resolver, type ResponsesWithResolver } from 'hono-openapi';
import type * as v from 'valibot';
import { problemSchema } from './contracts/problem.ts';
import type { ProblemStatus } from './problem.ts';

export interface Endpoint {
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly description?: string;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides those that every guarded route has. */
  readonly problems?: readonly ProblemStatus[];
  readonly headers?: readonly RequestHeader[];
  /** Open to everybody: no token is asked for. */
  readonly isOpen?: boolean;
  /** False: it does not ask the database. */
  readonly isStored?: boolean;
  /** A body may be sent, and need not be. Stands behind the body's own middleware, to have the last word. */
  readonly hasOptionalBody?: boolean;
}

export interface Answer {
  readonly description: string;
  /** Left out: the answer has no body. */
  readonly schema?: v.GenericSchema;
  /** Default `application/json`. */
  readonly mediaType?: string;
  readonly headers?: readonly string[];
}

export interface RequestHeader {
  readonly name: string;
  readonly description: string;
}

const GUARDED: readonly ProblemStatus[] = [401, 403, 429, 500];
const STORED: readonly ProblemStatus[] = [503];
/** What reading a body adds. */
export const BODY_PROBLEMS: readonly ProblemStatus[] = [400, 408, 413, 415, 422];

const PROBLEM_WORDS: Readonly<Record<ProblemStatus, string>> = {
  400: 'The body is not readable JSON, or not whole.',
  401: 'No token, or one that is not known.',
  403: 'The token has another role than this needs.',
  404: 'There is no such thing.',
  405: 'Another method is asked for.',
  408: 'The body came too slowly.',
  409: 'It is in another state than this needs.',
  412: 'It was changed meanwhile.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'Understood, and wrong; every fault is named.',
  428: 'It exists: say which revision is to be overwritten.',
  429: 'Too many wrong tokens.',
  500: 'A fault of the service.',
  503: 'The database is unavailable.',
};

export function describeEndpoint(endpoint: Endpoint): MiddlewareHandler {
  const { isOpen = false, isStored = !isOpen } = endpoint;
  const problems = [...(endpoint.problems ?? []), ...(isOpen ? [] : GUARDED), ...(isStored ? STORED : [])];
  return describeRoute({
    operationId: endpoint.operationId,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    ...(isOpen ? { security: [] } : {}),
    ...(endpoint.hasOptionalBody === true ? { requestBody: { required: false, content: {} } } : {}),
    parameters: (endpoint.headers ?? []).map(({ name, description }) => ({
      in: 'header',
      name,
      description,
      schema: { type: 'string' },
    })),
    responses: { ...answersOf(endpoint.answers), ...problemsOf(problems) },
  });
}

function answersOf(answers: Endpoint['answers']): ResponsesWithResolver {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, mediaType = 'application/json', headers = [] }]) => [
      status,
      {
        description,
        headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' as const } }])),
        ...(schema === undefined ? {} : { content: { [mediaType]: { schema: resolver(schema) } } }),
      },
    ]),
  );
}

function problemsOf(statuses: readonly ProblemStatus[]): ResponsesWithResolver {
  const content = { 'application/problem+json': { schema: resolver(problemSchema) } };
  return Object.fromEntries(statuses.map((status) => [status, { description: PROBLEM_WORDS[status], content }]));
}

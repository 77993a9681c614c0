/**
 * The OpenAPI 3.1 document. Made from the schemas that validate, and from the table that the guard reads: it cannot say
 * anything else than the service does.
 */
import type { Env, Hono, Schema } from 'hono';
import { generateSpecs } from 'hono-openapi';
import { requiredRole, type Role, ROLES } from './access.ts';
import { jsonObject } from './contracts/json-object.ts';
import type { Endpoint } from './describe-endpoint.ts';

export type OpenApiDocument = Awaited<ReturnType<typeof generateSpecs>>;

/** The route that shows it. */
export const DOCUMENT: Endpoint = {
  operationId: 'getDocument',
  summary: 'Show this document',
  tag: 'document',
  answers: { 200: { description: 'OpenAPI 3.1.', schema: jsonObject } },
  isStored: false,
};

const LEAST_ROLE = ROLES[0];
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const INFO = {
  title: 'Carillon',
  version: '1',
  description: [
    'A persistent, time-zone-correct job scheduler. Errors are RFC 9457 problems with a stable code.',
    'What no request can be read of is refused before any route: 431 HEADERS_TOO_LARGE (address and headers beyond 16 KiB),',
    '408 REQUEST_TIMEOUT, 400 REQUEST_MALFORMED. So under Node; other runtimes refuse it in their own words.',
  ].join(' '),
};
const SECURITY_SCHEME = {
  type: 'http',
  scheme: 'bearer',
  description: 'A token of a role: viewer, operator or admin; each may do what those before it may.',
} as const;

export async function openApiDocument<E extends Env, S extends Schema>(
  api: Hono<E, S>,
  basePath: string,
): Promise<OpenApiDocument> {
  const document = await generateSpecs(api, {
    excludeStaticFile: false,
    defaultValidationErrorResponse: false,
    documentation: {
      info: INFO,
      servers: [{ url: basePath === '' ? '/' : basePath }],
      components: { securitySchemes: { bearer: SECURITY_SCHEME } },
    },
  });
  return {
    ...document,
    paths: Object.fromEntries(Object.entries(document.paths).map(([path, item]) => [path, withRoles(path, item)])),
  };
}

/** Who has any role has the least of them: nobody is told there that another is needed. */
function responsesFor<R extends object | undefined>(role: Role | null, responses: R): R {
  const entries = Object.entries(responses ?? {}).filter(([status]) => status !== '403' || role !== LEAST_ROLE);
  return Object.fromEntries(entries) as R;
}

/** Each operation with the role that it needs. */
function withRoles(path: string, item: OpenApiDocument['paths'][string]): OpenApiDocument['paths'][string] {
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    if (operation === undefined) return [];
    const role = requiredRole(method.toUpperCase(), path);
    const access = role === null ? { security: [] } : { security: [{ bearer: [role] }], 'x-role': role };
    return [[method, { ...operation, responses: responsesFor(role, operation.responses), ...access }]];
  });
  return { ...item, ...Object.fromEntries(operations) };
}

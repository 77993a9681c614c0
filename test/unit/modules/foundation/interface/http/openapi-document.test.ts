import { beforeAll, describe, expect, test } from 'vitest';
import { requiredRole } from '../../../../../../src/modules/foundation/interface/http/access.ts';
import { clientOf } from '../../../../../support/in-memory-client.ts';
import { inMemoryService } from '../../../../../support/in-memory-service.ts';
import { contractFaults } from './contract-client.ts';

// oxlint-disable-next-line typescript/no-explicit-any
let document: any;
const service = inMemoryService();
beforeAll(async () => {
  document = (await clientOf(service)('GET /openapi.json', { as: 'viewer' })).json;
});

// oxlint-disable-next-line typescript/no-explicit-any
function operations(): { method: string; path: string; operation: any }[] {
  return Object.entries<object>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

describe('GET /openapi.json', () => {
  test('is OpenAPI 3.1 with a bearer scheme', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  test('has every route of the application', () => {
    const routes = service.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const documented = operations().map(({ method, path }) => `${method} ${path}`);
    expect(documented.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test('says of each the role that the guard asks for', () => {
    for (const { method, path, operation } of operations()) {
      const role = requiredRole(method, path);
      expect(operation['x-role'] ?? null, path).toBe(role);
      expect(operation.security).toEqual(role === null ? [] : [{ bearer: [role] }]);
    }
  });

  test('gives each a name of its own, a summary, and problems that are problems', () => {
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operation } of operations()) {
      expect(operation.summary).not.toBe('');
      const bad = Object.keys(operation.responses).filter(
        (status) => Number(status) >= 400 && operation.operationId !== 'getReadiness',
      );
      for (const status of bad) {
        expect(operation.responses[status].content['application/problem+json'].schema).toEqual({
          $ref: '#/components/schemas/Problem',
        });
      }
    }
  });

  test('refers to nothing that it does not hold', () => {
    const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    for (const [, name] of references) expect(document.components.schemas, name).toHaveProperty(name!);
  });

  test('holds the limits that the routes hold to', () => {
    const parameters: { name: string; schema: object }[] = document.paths['/admin/jobs'].get.parameters;
    expect(parameters.find(({ name }) => name === 'limit')?.schema).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: 500,
      default: 50,
    });
    const body = document.paths['/admin/jobs/{jobId}'].put.requestBody.content['application/json'].schema;
    expect(body).toMatchObject({ required: ['jobName', 'cronExpression'], additionalProperties: false });
    expect(body.properties.maxAttempts).toEqual({ type: 'integer', minimum: 1, maximum: 100 });
    expect(document.paths['/admin/jobs/{jobId}/trigger'].post.requestBody.required).toBe(false);
  });

  test('has examples', () => {
    expect(JSON.stringify(document.components.schemas.Problem.examples)).toContain('JOB_NOT_FOUND');
    expect(
      document.paths['/admin/jobs/{jobId}'].put.requestBody.content['application/json'].schema.properties.cronExpression
        .examples,
    ).toEqual(['*/5 * * * *']);
  });
});

describe('contractFaults()', () => {
  const at = { method: 'GET', path: '/livez' };
  const headers = new Headers({ 'content-type': 'application/json' });

  test('finds nothing in what the document says', () => {
    expect(contractFaults({ status: 200, headers, json: { status: 'ok' } }, document, at)).toEqual([]);
  });

  test.each([
    ['another status', { status: 201, headers, json: { status: 'ok' } }],
    [
      'another media type',
      { status: 200, headers: new Headers({ 'content-type': 'text/html' }), json: { status: 'ok' } },
    ],
    ['another value', { status: 200, headers, json: { status: 'bad' } }],
    ['a missing field', { status: 200, headers, json: {} }],
    ['a field too many', { status: 200, headers, json: { status: 'ok', version: '1' } }],
  ])('finds %s', (_title, answer) => {
    expect(contractFaults(answer, document, at)).not.toEqual([]);
  });

  test('finds a header that was promised and not sent', () => {
    const answer = { status: 200, headers, json: {} };
    expect(contractFaults(answer, document, { method: 'GET', path: '/admin/jobs/a' })).toContain('no header ETag');
  });
});

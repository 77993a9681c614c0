/**
 * A client that holds every answer against the OpenAPI document: status documented for that operation, media type and
 * body as it says. Every test that sends a request is thereby a contract test.
 */
import { expect } from 'vitest';
import { type Answer, type Client, clientOf } from '../../../../../support/in-memory-client.ts';
import type { InMemoryService } from '../../../../../support/in-memory-service.ts';
import { type JsonSchema, schemaFaults } from './json-schema-check.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Document = any;

export function contractClientOf(service: Pick<InMemoryService, 'app'>): Client {
  const send = clientOf(service);
  let document: Promise<Document> | undefined;
  return async (request, options) => {
    document ??= send('GET /openapi.json', { as: 'viewer' }).then(({ json }) => json);
    const answer = await send(request, options);
    const [method, path] = request.split(' ');
    const isHead = method === 'HEAD';
    if (!isHead) expect(contractFaults(answer, await document, { method: method!, path: path! }), request).toEqual([]);
    return answer;
  };
}

export function contractFaults(
  answer: Pick<Answer, 'status' | 'headers' | 'json'>,
  document: Document,
  { method, path }: { method: string; path: string },
): string[] {
  const operation = operationAt(document, method, path);
  const mediaType = answer.headers.get('content-type') ?? 'none';
  if (operation === null) return schemaFaults(answer.json, PROBLEM, document);
  const documented = operation.responses[answer.status];
  if (documented === undefined) return [`${answer.status} is not documented for ${operation.operationId}`];
  const schema: JsonSchema | undefined = documented.content[mediaType]?.schema;
  if (schema === undefined) return [`${mediaType} is not documented for ${answer.status} of ${operation.operationId}`];
  const missing = Object.keys(documented.headers ?? {}).filter((name) => name !== 'Link' && !answer.headers.has(name));
  return [...missing.map((name) => `no header ${name}`), ...schemaFaults(answer.json, schema, document)];
}

const PROBLEM: JsonSchema = { $ref: '#/components/schemas/Problem' };

function operationAt(document: Document, method: string, path: string): Document {
  const [bare] = path.split('?');
  const known = Object.keys(document.paths).find((template) =>
    new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('.', String.raw`\.`)}$`).test(bare!),
  );
  return document.paths[known ?? '']?.[method.toLowerCase()] ?? null;
}

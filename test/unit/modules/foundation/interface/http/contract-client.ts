/**
 * A client that holds every answer against the OpenAPI document: status documented for that operation, media type, headers
 * and body as it says. Every test that sends a request is thereby a contract test.
 */
import { expect } from 'vitest';
import { type Answer, type Client, clientOf } from '../../../../../support/in-memory-client.ts';
import type { InMemoryService } from '../../../../../support/in-memory-service.ts';
import { type Document, schemaFaults } from './document-check.ts';

/** An answer that was held against the document, at the operation that it was documented for. */
export type Witness = (operationId: string, status: number) => void;

/** @param known the document, where it has been read before */
export function contractClientOf(
  service: Pick<InMemoryService, 'app'>,
  witness: Witness = () => {},
  known?: Document,
): Client {
  const send = clientOf(service);
  let document: Promise<Document> | undefined = known === undefined ? undefined : Promise.resolve(known);
  return async (request, options) => {
    document ??= send('GET /openapi.json', { as: 'viewer' }).then(({ json }) => json);
    const answer = await send(request, options);
    const [method, path] = request.split(' ');
    if (method === 'HEAD') return answer;
    const at = { method: method!, path: path! };
    expect(contractFaults(answer, await document, at), request).toEqual([]);
    const template = templateOf(await document, at.path);
    const operation = template === null ? undefined : (await document).paths[template][at.method.toLowerCase()];
    if (operation !== undefined) witness(operation.operationId, answer.status);
    return answer;
  };
}

export function contractFaults(
  answer: Pick<Answer, 'status' | 'headers' | 'json'>,
  document: Document,
  { method, path }: { method: string; path: string },
): string[] {
  const verb = method.toLowerCase();
  const template = templateOf(document, path);
  const operation = template === null ? undefined : document.paths[template][verb];
  if (template === null || operation === undefined) return schemaFaults(answer.json, PROBLEM, document);
  const documented = operation.responses[answer.status];
  if (documented === undefined) return [`${answer.status} is not documented for ${operation.operationId}`];
  const mediaType = answer.headers.get('content-type') ?? 'none';
  const missing = Object.keys(documented.headers ?? {}).filter((name) => name !== 'Link' && !answer.headers.has(name));
  const faults = missing.map((name) => `no header ${name}`);
  if (documented.content === undefined)
    return answer.json === null ? faults : [...faults, 'a body, and none is documented'];
  if (documented.content[mediaType] === undefined) {
    return [...faults, `${mediaType} is not documented for ${answer.status} of ${operation.operationId}`];
  }
  const place = ['paths', template, verb, 'responses', String(answer.status), 'content', mediaType, 'schema'];
  return [...faults, ...schemaFaults(answer.json, place, document)];
}

const PROBLEM = ['components', 'schemas', 'Problem'];

/** The documented path that this one is an instance of. One without a parameter goes before those with. */
function templateOf(document: Document, path: string): string | null {
  const [bare] = path.split('?');
  if (document.paths[bare!] !== undefined) return bare!;
  const fits = (template: string): boolean =>
    new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('.', String.raw`\.`)}$`).test(bare!);
  return Object.keys(document.paths).find(fits) ?? null;
}

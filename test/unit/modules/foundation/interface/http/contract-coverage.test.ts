/**
 * The document promises nothing that does not happen: every status of every operation is brought about once, and held
 * against it. A new route brings its own lines to `CASES`; what all routes have in common comes by itself.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from '../../../../../../src/modules/foundation/interface/http/access.ts';
import { DatabaseUnavailableError } from '../../../../../../src/modules/foundation/domain/errors.ts';
import { MAX_BODY_BYTES } from '../../../../../../src/modules/foundation/interface/http/read-body.ts';
import { CAPACITY } from '../../../../../../src/modules/foundation/interface/http/failure-limit.ts';
import { clientOf, type Send } from '../../../../../support/in-memory-client.ts';
import { brokenService, type InMemoryService, inMemoryService } from '../../../../../support/in-memory-service.ts';
import { contractClientOf } from './contract-client.ts';
import { CASES, VALID_BODIES } from './contract-cases.ts';
import { type Document, schemaFaults } from './document-check.ts';

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly template: string;
  readonly statuses: readonly number[];
  readonly role: (typeof ROLES)[number] | null;
  readonly hasBody: boolean;
}

let document: Document;
let operations: Operation[];
beforeAll(async () => {
  document = (await clientOf(inMemoryService())('GET /openapi.json')).json;
  operations = Object.entries<Document>(document.paths).flatMap(([template, item]) =>
    Object.entries<Document>(item).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      template,
      statuses: Object.keys(operation.responses).map(Number),
      role: operation['x-role'] ?? null,
      hasBody: operation.requestBody !== undefined,
    })),
  );
});

/** What brings a status about on every route that has it. */
const COMMON: Readonly<Record<number, (operation: Operation) => Send>> = {
  400: () => ({ body: '{' }),
  401: () => ({ as: null }),
  403: ({ role }) => ({ as: ROLES[ROLES.indexOf(role!) - 1]! }),
  408: () => ({ body: new ReadableStream() }),
  413: () => ({ body: 'x'.repeat(MAX_BODY_BYTES + 1) }),
  415: () => ({ body: '{}', headers: { 'content-type': 'text/plain' } }),
  422: ({ hasBody }) => (hasBody ? { body: { unheardOf: 1 } } : {}),
  429: () => ({ as: null, headers: { authorization: 'Bearer wrong' } }),
  500: () => ({}),
  503: () => ({}),
};

/** Made of constants, once: there is nothing in it that fails. */
const UNREACHABLE = new Set(['getDocument 500', 'getReferenceStart 500']);

describe('every status that the document promises', () => {
  test('comes', async () => {
    const seen = new Set<string>();
    for (const operation of operations) {
      for (const status of operation.statuses) {
        const { service, send } = await stage(operation, status);
        const client = contractClientOf(service, (id, answered) => seen.add(`${id} ${answered}`), document);
        for (const [request, options] of send) await client(request, options);
      }
    }
    const promised = operations.flatMap(({ operationId, statuses }) => statuses.map((of) => `${operationId} ${of}`));
    expect(promised.filter((each) => !seen.has(each) && !UNREACHABLE.has(each))).toEqual([]);
  }, 120_000);

  test('examples are what their schemas say', () => {
    const faults: string[] = [];
    let examples = 0;
    walk(document, [], (node, place) => {
      if (!Array.isArray(node['examples']) || place.at(-1) === 'properties') return;
      for (const example of node['examples']) {
        examples += 1;
        faults.push(...schemaFaults(example, place, document).map((fault) => `${place.join('/')}: ${fault}`));
      }
    });
    expect(faults).toEqual([]);
    expect(examples).toBeGreaterThan(10);
  });
});

type Requests = [request: `${string} /${string}`, options: Send][];

/** A service, and what to send to it. */
async function stage(
  operation: Operation,
  status: number,
): Promise<{ service: Pick<InMemoryService, 'app'>; send: Requests }> {
  const own = CASES[operation.operationId]?.[status];
  const path = operation.template
    .replace('{jobId}', 'warm-cache')
    .replace(/\{\w+\}/, '00000000-0000-4000-8000-000000000001');
  if (own !== undefined) {
    const service = inMemoryService();
    const { path: ownPath = path, prepare, service: makeService, ...options } = own;
    await prepare?.(service);
    return {
      service: makeService?.() ?? service,
      send: [[`${operation.method} ${ownPath as '/'}`, { body: VALID_BODIES[operation.operationId], ...options }]],
    };
  }
  const options = COMMON[status]?.(operation);
  if (options === undefined) throw new Error(`CASES has no ${status} of ${operation.operationId}.`);
  const service =
    status === 500
      ? brokenService(new Error('planted'))
      : status === 503
        ? brokenService(new DatabaseUnavailableError('planted'))
        : inMemoryService(status === 408 ? { bodyDeadlineMs: 1 } : {});
  const query = status === 422 && !operation.hasBody ? '?unheardOf=1' : '';
  const request = `${operation.method} ${path as '/'}${query}` as const;
  const send = { body: VALID_BODIES[operation.operationId], ...options };
  return { service, send: Array.from({ length: status === 429 ? CAPACITY + 1 : 1 }, () => [request, send]) };
}

function walk(node: Document, place: string[], visit: (node: Record<string, unknown>, place: string[]) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) visit(node, place);
  for (const [key, child] of Object.entries(node)) if (key !== 'examples') walk(child, [...place, key], visit);
}

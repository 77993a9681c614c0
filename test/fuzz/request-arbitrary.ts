/** Requests made from the OpenAPI document: its operations, parameters and bodies, right, nearly right and not at all. */
import * as fc from 'fast-check';
import { TOKENS } from '../support/in-memory-service.ts';
import { ANY_TEXT, arbitraryOf } from './schema-arbitrary.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Document = any;

export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const KNOWN_IDS = [
  'warm-cache',
  'send-mail',
  'a',
  'b',
  '00000000-0000-4000-8000-000000000001',
  '22222222-2222-4222-8222-222222222222',
];
const ID = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KNOWN_IDS) },
  { weight: 2, arbitrary: ANY_TEXT },
  { weight: 1, arbitrary: fc.constantFrom('%00', '%E0%A4', 'x'.repeat(300)) },
);
const TOKEN = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(TOKENS.admin, TOKENS.operator, TOKENS.viewer) },
  { weight: 1, arbitrary: fc.constantFrom('', 'wrong') },
);
/** What a header may hold at all: a client sends no other. */
const HEADER_TEXT = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const MEDIA_TYPE = fc.oneof(
  { weight: 30, arbitrary: fc.constant('application/json') },
  { weight: 1, arbitrary: HEADER_TEXT },
);
const CONDITIONS = fc.record(
  {
    'if-match': fc.oneof(fc.constantFrom('*', '"1"', '"2"', '"9"', 'W/"1"', '1, 2'), HEADER_TEXT),
    'if-none-match': fc.constantFrom('*', '"1"', ''),
    'idempotency-key': fc.oneof(fc.constantFrom('key-1', 'key-2', 'x'.repeat(300)), HEADER_TEXT),
    'last-event-id': fc.oneof(fc.constantFrom('0', '1', '99999999999999999999'), HEADER_TEXT),
    'x-request-id': HEADER_TEXT,
  },
  { requiredKeys: [] },
);

export function requestArbitrary(document: Document): fc.Arbitrary<FuzzedRequest> {
  const operations = Object.entries<Document>(document.paths).flatMap(([template, item]) =>
    Object.entries<Document>(item).map(([method, operation]) => ({ method, template, operation })),
  );
  const weighted = operations.map((each) => ({
    weight: weightOf(each),
    arbitrary: operationArbitrary(each, document),
  }));
  return fc.oneof(...weighted);
}

/** What takes no input can hardly be led astray; what writes has the most to lose. */
function weightOf({ method, template, operation }: Operation): number {
  if (operation.operationId === 'putJob') return 20;
  const takesInput =
    template.includes('{') || operation.requestBody !== undefined || operation.parameters !== undefined;
  return takesInput ? (method === 'get' ? 6 : 8) : 1;
}

interface Operation {
  readonly method: string;
  readonly template: string;
  readonly operation: Document;
}

function operationArbitrary(
  { method, template, operation }: Operation,
  document: Document,
): fc.Arbitrary<FuzzedRequest> {
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  return fc
    .record({
      path: pathArbitrary(template),
      query: queryArbitrary(operation.parameters ?? [], document),
      token: TOKEN,
      mediaType: MEDIA_TYPE,
      conditions: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: CONDITIONS }),
      body: schema === undefined ? fc.constant(undefined) : bodyArbitrary(schema, document),
    })
    .map(({ path, query, token, mediaType, conditions, body }) => ({
      method: method.toUpperCase(),
      path: `${path}${query}`,
      headers: {
        ...conditions,
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': mediaType }),
      },
      body,
    }));
}

/** The body, or something of its length that is cut, doubled or no JSON at all. */
function bodyArbitrary(schema: Document, document: Document): fc.Arbitrary<string | undefined> {
  const body = arbitraryOf(schema, document).map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 30, arbitrary: body },
    { weight: 1, arbitrary: body.map((text) => text.slice(0, text.length / 2)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        'null',
        '[]',
        '{"__proto__": {"a": 1}}',
        `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
      ),
    },
  );
}

function pathArbitrary(template: string): fc.Arbitrary<string> {
  const parameters = template.match(/\{\w+\}/g) ?? [];
  return fc
    .tuple(...parameters.map(() => ID))
    .map((ids) => ids.reduce<string>((path, id) => path.replace(/\{\w+\}/, () => segment(id)), template));
}

/** Encoded, unless it is a spelling of its own already. An address parser takes dots away: there is no such segment. */
function segment(id: string): string {
  if (id === '' || /^\.+$/.test(id)) return 'dots';
  return id.startsWith('%') ? id.replace(/%(?![0-9a-f]{2})/gi, '%25') : encodeURIComponent(id.toWellFormed());
}

function queryArbitrary(parameters: Document[], document: Document): fc.Arbitrary<string> {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = known.map(({ name, schema }) =>
    arbitraryOf(schema, document).map(
      (value) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  );
  const stray = fc.tuple(ANY_TEXT, ANY_TEXT);
  const chosen = pairs.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...pairs), { maxLength: 3 });
  return fc
    .tuple(
      chosen,
      fc.oneof({ weight: 12, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(stray, { maxLength: 1 }) }),
    )
    .map(([some, strays]) => {
      const text = [...some, ...strays]
        .map(
          ([name, value]) =>
            `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent((value ?? '').toWellFormed())}`,
        )
        .join('&');
      return text === '' ? '' : `?${text}`;
    });
}

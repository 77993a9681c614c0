/** Values that a JSON Schema of the document allows, most of the time, and now and then something else. */
import * as fc from 'fast-check';

// oxlint-disable-next-line typescript/no-explicit-any
type Schema = any;

const INSTANTS = fc
  .date({ min: new Date('1900-01-01T00:00:00.000Z'), max: new Date('2300-01-01T00:00:00.000Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const CRON_TEXTS = fc.constantFrom(
  '* * * * *',
  '*/5 * * * *',
  '0 9 * * mon-fri',
  '@every 90s',
  '@at 2027-01-01T09:00',
  '0 0 31 2 *',
  'H H * * *',
);
const ZONES = fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York', 'Mars/Olympus', 'utc', '');

/** Any text at all: of every plane, and with what a database, a log or a browser may stumble over. */
export const ANY_TEXT = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\u0000',
      '\ud800',
      '__proto__',
      'constructor',
      '***',
      '-1',
      '1e999',
      "' or 1=1 --",
      '<script>',
      '\r\nX: y',
    ),
  },
);

/** @param document what `$ref` points into */
export function arbitraryOf(schema: Schema, document: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fitting(schema, document) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
}

function fitting(schema: Schema, document: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fitting(resolve(schema.$ref, document), document);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return fc.oneof(...either.map((one: Schema) => fitting(one, document)));
  return BY_TYPE[String(schema.type)]?.(schema, document) ?? fc.jsonValue({ maxDepth: 3 });
}

const BY_TYPE: Readonly<Record<string, (schema: Schema, document: Schema) => fc.Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: (schema) => numberOf(schema),
  number: (schema) => numberOf(schema),
  string: (schema) => textOf(schema),
  array: (schema, document) => fc.array(arbitraryOf(schema.items ?? {}, document), { maxLength: 5 }),
  object: (schema, document) => objectOf(schema, document),
};

/** Around the limits, where there are any. */
function numberOf({ minimum = -10, maximum = 1_000 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: Math.max(minimum, -(2 ** 31)), max: Math.min(maximum, 2 ** 31 - 1) }),
    fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, 0, -0, 0.5, Number.MAX_SAFE_INTEGER, 1e300),
  );
}

function textOf({ format, examples = [], maxLength = 40 }: Schema): fc.Arbitrary<string> {
  const given = examples.length === 0 ? [] : [{ weight: 4, arbitrary: fc.constantFrom(...examples) }];
  const instants = format === 'date-time' ? [{ weight: 8, arbitrary: INSTANTS }] : [];
  const long = fc.constant('x'.repeat(Math.min(maxLength + 1, 5_000)));
  return fc.oneof(
    ...given,
    ...instants,
    { weight: 3, arbitrary: fc.oneof(CRON_TEXTS, ZONES) },
    { weight: 5, arbitrary: ANY_TEXT },
    { weight: 1, arbitrary: long },
  );
}

const KEPT = 3;

/** What a schema cannot say: which words mean something there. */
const MEANT: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  handler: fc.constant('warm-cache'),
  cronExpression: fc.constantFrom('*/5 * * * *', '0 9 * * mon-fri', '@every 90s'),
  timezone: fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York'),
  jobId: fc.constantFrom('warm-cache', 'send-mail', 'a', 'b'),
  jobKwargs: fc.constantFrom({}, { to: 'a@b.c' }, { to: 'a@b.c', apiToken: '***' }, { to: 'x', apiToken: 'canary' }),
};

function fieldOf(key: string, any: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const meant = MEANT[key];
  return meant === undefined ? any : fc.oneof({ weight: 9, arbitrary: meant }, { weight: 1, arbitrary: any });
}

function objectOf({ properties = {}, required = [] }: Schema, document: Schema): fc.Arbitrary<unknown> {
  if (Object.keys(properties).length === 0)
    return fc.dictionary(ANY_TEXT, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  const fields = Object.entries(properties).map(([key, schema]) => [key, fieldOf(key, arbitraryOf(schema, document))]);
  const named = fc.record(Object.fromEntries(fields), { requiredKeys: required });
  const stray = fc.oneof(
    { weight: 15, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(ANY_TEXT, fc.jsonValue(), { maxKeys: 2 }) },
  );
  return fc.tuple(named, stray, fc.shuffledSubarray(Object.keys(properties))).map(([value, extra, kept]) => {
    // Most bodies name a few fields: with all of them, one that is wrong would hide the others.
    const entries = Object.entries(value).filter(
      ([key]) => required.includes(key) || kept.slice(0, KEPT).includes(key),
    );
    return { ...Object.fromEntries(entries), ...extra };
  });
}

function resolve(reference: string, document: Schema): Schema {
  return reference
    .split('/')
    .slice(1)
    .reduce((node, key) => node[key], document);
}

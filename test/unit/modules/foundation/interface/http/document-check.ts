/**
 * Holds values against the schemas of an OpenAPI document, by a validator that is not ours. Strict: a keyword or a format
 * that nobody checks is an error, so that a schema never seems to hold because nobody looked.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';

// oxlint-disable-next-line typescript/no-explicit-any
export type Document = any;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By the document's text: every test has a document of its own, and all of them are the same. */
const validators = new Map<string, Ajv2020>();
const textOf = new WeakMap<object, string>();

/** @param place the schema's, key by key from the document's root @returns what does not fit, each with its path */
export function schemaFaults(value: unknown, place: readonly string[], document: Document): string[] {
  const pointer = place.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = validatorOf(document).getSchema(`document#/${pointer}`);
  if (validate === undefined) throw new Error(`${pointer} is not in the document.`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath === '' ? '$' : instancePath, message, JSON.stringify(params)].join(' '),
  );
}

function validatorOf(document: Document): Ajv2020 {
  const text = textOf.get(document) ?? JSON.stringify(document);
  textOf.set(document, text);
  const known = validators.get(text);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    allErrors: true,
    validateSchema: false,
    formats: { 'date-time': INSTANT, uuid: UUID },
  });
  ajv.addVocabulary([...Object.keys(document), 'example']);
  ajv.addSchema(JSON.parse(text), 'document');
  validators.set(text, ajv);
  return ajv;
}

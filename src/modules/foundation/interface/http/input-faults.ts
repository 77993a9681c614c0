/**
 * What is wrong with an input, field by field. Owns the words for what a schema refuses; an unknown field is never passed
 * over, and the one that was probably meant is named.
 */
import * as v from 'valibot';
import { closestName } from '../../domain/closest-name.ts';
import { type FieldError, InvalidInputError } from '../../domain/errors.ts';

const MAX_MESSAGE = 300;

/** A schema of an object with named fields, of which no other is taken. */
export type InputSchema = v.GenericSchema & { readonly entries: Readonly<Record<string, unknown>> };

/** @throws InvalidInputError naming every fault */
export function readInput<Schema extends InputSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  // The schema library takes a list for an object without fields.
  const result = v.safeParse(schema, Array.isArray(value) ? undefined : value);
  if (result.success) return result.output;
  const errors = [...unknownFields(schema, value), ...result.issues.filter(isOfKnownField).map(toFieldError)];
  throw new InvalidInputError(summaryOf(errors), errors);
}

function unknownFields(schema: InputSchema, value: unknown): FieldError[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const known = Object.keys(schema.entries);
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => unknownField(key, known));
}

function unknownField(key: string, known: readonly string[]): FieldError {
  const near = closestName(key, known);
  const hint = near === null ? `Known are: ${known.join(', ')}.` : `Did you mean '${near}'?`;
  return { path: key.slice(0, MAX_MESSAGE), message: 'Unknown field.', hint };
}

/** The schema itself names only the first unknown field; deeper down that is what there is to name. */
function isOfKnownField(issue: v.BaseIssue<unknown>): boolean {
  return issue.expected !== 'never' || (issue.path?.length ?? 0) > 1;
}

function toFieldError(issue: v.BaseIssue<unknown>): FieldError {
  const path = v.getDotPath(issue) ?? '';
  if (path === '') return { path, message: 'Must be a JSON object.' };
  const isMissing = issue.input === undefined && issue.kind === 'schema';
  return { path, message: isMissing ? 'Required.' : issue.message.slice(0, MAX_MESSAGE) };
}

function summaryOf(errors: readonly FieldError[]): string {
  const [first, ...others] = errors;
  if (first === undefined) return 'The input is not valid.';
  const more = others.length === 0 ? '' : ` And ${others.length} more.`;
  return `${first.path === '' ? '' : `${first.path}: `}${first.message}${more}`;
}

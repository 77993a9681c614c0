/**
 * Who answers may be somebody else, in JSON too: that is told in a sentence. Owns what counts as an answer of Carillon;
 * invariant: a command reads nothing of an answer that was not looked at here.
 */
import * as v from 'valibot';
import { DEFAULT_POLICIES } from '../../modules/foundation/domain/job-config.ts';
import { CommandFault } from '../command-fault.ts';
import { EXIT } from '../exit-status.ts';

export type AnswerSchema<Body> = v.GenericSchema<unknown, Body>;

/** @param sent what came where an answer of Carillon was asked for */
export function foreignFault(sent: string, cause?: unknown): CommandFault {
  return new CommandFault(EXIT.away, `What answers there is not Carillon: it sent ${sent}.`, { cause });
}

/** The value itself: a field that only a newer service knows stays in it. @throws CommandFault where it is no such answer */
export function asAnswer<Body>(schema: AnswerSchema<Body>, value: unknown): Body {
  const fault = faultOf(schema, value);
  if (fault === undefined) return value as Body;
  if (typeof value !== 'object' || value === null) throw foreignFault('no object');
  throw foreignFault(`an object of another form, in '${v.getDotPath(fault)}'`);
}

export function isAnswer<Body>(schema: AnswerSchema<Body>, value: unknown): value is Body {
  return faultOf(schema, value) === undefined;
}

function faultOf(schema: AnswerSchema<unknown>, value: unknown): v.BaseIssue<unknown> | undefined {
  return v.safeParse(schema, value).issues?.find((issue) => !isOfAnotherVersion(issue));
}

/** A newer service has more fields and more words, an older one knows less of a job. */
function isOfAnotherVersion({ type, expected, received, input, path }: v.BaseIssue<unknown>): boolean {
  if (type === 'picklist') return typeof input === 'string';
  if (type !== 'strict_object') return false;
  return expected === 'never' || (received === 'undefined' && LATER_FIELDS.has(String(path?.at(-1)?.key)));
}

/** Policies that are plain values: the others are as old as jobs are. */
const LATER_FIELDS: ReadonlySet<string> = new Set([
  ...Object.entries(DEFAULT_POLICIES).flatMap(([field, standard]) => (Object(standard) === standard ? [] : [field])),
  'lastSuccessAt',
]);

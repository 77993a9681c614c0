/**
 * What a declaration would change of what the service has. Pure.
 *
 * Invariant: what is left out counts as its default, as the API counts it, so that declaring twice changes nothing twice;
 * the changes that are shown hold no secret, only what is declared does.
 */
import { DEFAULT_POLICIES } from '../../modules/foundation/domain/job-config.ts';
import type { Json } from '../../modules/foundation/domain/job-definition.ts';
import { maskSecrets } from '../../modules/foundation/domain/mask-secrets.ts';
import { isSecretKey, MASK } from '../../modules/foundation/domain/secret-key.ts';
import { holdsMaskedSecret, maskUrlSecrets } from '../../modules/foundation/domain/url-secrets.ts';
import type { JobJson } from '../connection/answers.ts';
import type { DeclaredJob } from './read-jobs-file.ts';

export interface FieldChange {
  readonly field: string;
  /** undefined: there is no job yet. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface JobChange {
  readonly jobId: string;
  readonly action: 'create' | 'change' | 'keep' | 'remove';
  readonly fields: readonly FieldChange[];
  /** What is to be overwritten; null: there is no job yet. */
  readonly revision: number | null;
  readonly declared: DeclaredJob | null;
}

/** The fields that a person declares, in the order in which they are shown. */
export const DECLARED_FIELDS = ['jobName', 'cronExpression', 'dialect', 'timezone', ...Object.keys(DEFAULT_POLICIES)];

export interface CompareOptions {
  /** Whether a secret, of which the service shows only `***`, counts as changed. */
  readonly writesSecrets: boolean;
}

/** @param settled dialect and timezone of a declaration that leaves them out, as the service reads it */
export function compareJob(
  declared: DeclaredJob,
  current: JobJson | null,
  settled: Readonly<Record<string, unknown>>,
  { writesSecrets }: CompareOptions,
): JobChange {
  const after: Record<string, unknown> = { ...DEFAULT_POLICIES, ...settled, ...declared.fields };
  const { jobId } = declared;
  if (current === null) {
    const fields = Object.keys(declared.fields).map((field) => ({
      field,
      before: undefined,
      after: shown(after[field]),
    }));
    return { jobId, action: 'create', fields, revision: null, declared };
  }
  const before: Readonly<Record<string, unknown>> = current;
  const fields = DECLARED_FIELDS.filter((field) => !isSame(before[field], after[field], { field, writesSecrets })).map(
    (field) => ({ field, before: shown(before[field]), after: shown(after[field]) }),
  );
  return { jobId, action: fields.length === 0 ? 'keep' : 'change', fields, revision: current.revision, declared };
}

export function removalOf({ jobId, revision }: JobJson): JobChange {
  return { jobId, action: 'remove', fields: [], revision, declared: null };
}

/** As the service shows it. */
function shown(value: unknown): unknown {
  return value === undefined ? undefined : maskSecrets(value as Json);
}

interface Place {
  readonly field: string;
  readonly writesSecrets: boolean;
}

function isSame(before: unknown, after: unknown, { field, writesSecrets }: Place): boolean {
  if (field === 'startAt' || field === 'endAt') return instantOf(before) === instantOf(after);
  return isSameValue(before, after, writesSecrets);
}

function instantOf(value: unknown): number | null {
  return typeof value === 'string' ? Date.parse(value) : null;
}

function isSameValue(before: unknown, after: unknown, writesSecrets: boolean): boolean {
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length && before.every((item, i) => isSameValue(item, after[i], writesSecrets));
  }
  if (typeof before === 'string' && typeof after === 'string') return isSameText(before, after, writesSecrets);
  if (!isObject(before) || !isObject(after)) return before === after;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].every((key) => {
    const isHidden = isSecretKey(key) && before[key] === MASK && key in after;
    // Only what is null is shown as null: a secret that is declared away differs from any that is kept.
    if (isHidden && after[key] !== null) return after[key] === MASK || !writesSecrets;
    return isSameValue(before[key], after[key], writesSecrets);
  });
}

/** An address whose password or token is hidden. */
function isSameText(before: string, after: string, writesSecrets: boolean): boolean {
  if (before === after) return true;
  return !writesSecrets && holdsMaskedSecret(before) && maskUrlSecrets(after) === before;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

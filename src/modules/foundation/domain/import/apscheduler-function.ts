/**
 * What an APScheduler job calls, as a handler and its keyword arguments.
 *
 * Invariant: nothing that was passed to the function is dropped in silence.
 */
import type { JsonObject } from '../job-definition.ts';
import { findUnstorable } from '../storable-json.ts';
import { ImportFault, type ImportWarning } from './import-fault.ts';
import { slugOf } from './imported-job-id.ts';

export interface ImportedFunction {
  /** null: the job id itself. */
  readonly handler: string | null;
  /** As APScheduler names it, `package.module:function`; null where the export has none. */
  readonly func: string | null;
  readonly jobKwargs: JsonObject;
  /** Positional arguments, which a handler does not take. */
  readonly args: readonly unknown[];
  readonly warnings: readonly ImportWarning[];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readKwargs(kwargs: unknown): JsonObject {
  if (kwargs === undefined || kwargs === null) return {};
  if (!isObject(kwargs)) throw new ImportFault('kwargs is not a JSON object', { field: 'kwargs' });
  const unstorable = findUnstorable(kwargs);
  if (unstorable !== null) throw new ImportFault(`${unstorable.path}: ${unstorable.message}`, { field: 'kwargs' });
  return kwargs;
}

function handlerWarning(func: string | null, handler: string | null): ImportWarning {
  const message =
    handler === null
      ? 'The export names no function: register a handler under the job id.'
      : `Register the equivalent of '${func}' as '${handler}'.`;
  return { code: 'HANDLER_TO_REGISTER', message };
}

/**
 * Reads `func`, `args` and `kwargs`. The handler is the function's own name with hyphens.
 * @throws {ImportFault} for arguments that JSON or the database cannot hold
 */
export function readFunction(job: Readonly<Record<string, unknown>>): ImportedFunction {
  const func = typeof job['func'] === 'string' && job['func'].trim() !== '' ? job['func'].trim() : null;
  const args = job['args'] ?? [];
  if (!Array.isArray(args)) throw new ImportFault('args is not a list', { field: 'args' });
  const handler = func === null ? null : slugOf(func.split(/[:.]/).at(-1)!);
  const message = `A handler takes keyword arguments only: ${args.length} positional ${args.length === 1 ? 'one is' : 'ones are'} left out.`;
  return {
    handler,
    func,
    jobKwargs: readKwargs(job['kwargs']),
    args,
    warnings: [
      handlerWarning(func, handler),
      ...(args.length === 0 ? [] : [{ code: 'ARGS_POSITIONAL', message } as const]),
    ],
  };
}

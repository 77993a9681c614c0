import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { validateKwargs } from '../../../../../src/modules/foundation/application/job-kwargs.ts';
import { InvalidKwargsError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { RegisteredJob } from '../../../../../src/modules/foundation/domain/job-definition.ts';

function job(over: Partial<RegisteredJob> = {}): RegisteredJob {
  return { id: 'mail', module: 'test', run: () => null, ...over };
}

const kwargs = v.object({
  to: v.pipe(v.string(), v.email('wants an address')),
  retries: v.optional(v.number(), 3),
  parts: v.optional(v.array(v.object({ size: v.number('wants a number') })), []),
});

describe('validateKwargs()', () => {
  it('lays the job’s own arguments over the function’s defaults', async () => {
    expect(await validateKwargs(job({ defaults: { a: 1, b: 2 } }), { b: 3 })).toEqual({ a: 1, b: 3 });
    expect(await validateKwargs(job(), {})).toEqual({});
  });

  it('gives what the schema made of them', async () => {
    const handler = job({ kwargs, defaults: { to: 'a@b.example' } });
    expect(await validateKwargs(handler, { extra: 1 })).toEqual({ to: 'a@b.example', retries: 3, parts: [] });
  });

  it('names every fault with its path', async () => {
    const failing = validateKwargs(job({ kwargs }), { to: 'nobody', parts: [{ size: 1 }, { size: 'x' }] });
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidKwargsError);
    expect(error).toMatchObject({
      message: expect.stringContaining("'mail'"),
      errors: [
        { path: 'jobKwargs.to', message: 'wants an address' },
        { path: 'jobKwargs.parts.1.size', message: 'wants a number' },
      ],
    });
  });

  it('waits for a schema that checks asynchronously, and takes segments of any kind', async () => {
    const issues = [{ message: 'taken', path: [{ key: 'list' }, 0, Symbol('s')] }];
    const asynchronous = { '~standard': { version: 1, vendor: 'test', validate: async () => ({ issues }) } } as const;
    await expect(validateKwargs(job({ kwargs: asynchronous }), {})).rejects.toMatchObject({
      errors: [{ path: 'jobKwargs.list.0.Symbol(s)', message: 'taken' }],
    });
  });

  it('passes on what a schema throws', async () => {
    const broken = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => {
          throw new TypeError('a bug');
        },
      },
    } as const;
    await expect(validateKwargs(job({ kwargs: broken }), {})).rejects.toThrow('a bug');
  });
});

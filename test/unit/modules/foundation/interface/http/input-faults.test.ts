import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../../../../../src/modules/foundation/domain/errors.ts';
import { type InputSchema, readInput } from '../../../../../../src/modules/foundation/interface/http/input-faults.ts';

const SCHEMA = v.strictObject({
  name: v.string(),
  count: v.exactOptional(v.pipe(v.number(), v.maxValue(5, 'At most 5.'))),
  inner: v.exactOptional(v.strictObject({ tags: v.array(v.string()) })),
});

function faultsOf(value: unknown, schema: InputSchema = SCHEMA) {
  try {
    readInput(schema, value);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return error instanceof InvalidInputError ? error.errors : [];
  }
}

describe('readInput()', () => {
  test('gives what the schema makes of it', () => {
    const schema = v.strictObject({ at: v.pipe(v.string(), v.transform(Number)) });
    expect(readInput(schema, { at: '5' })).toEqual({ at: 5 });
  });

  test('names every fault at once, at its path', () => {
    expect(faultsOf({ count: 6, inner: { tags: ['a', 5] }, nmae: 'x' })).toEqual([
      { path: 'nmae', message: 'Unknown field.', hint: "Did you mean 'name'?" },
      { path: 'name', message: 'Required.' },
      { path: 'count', message: 'At most 5.' },
      { path: 'inner.tags.1', message: 'Invalid type: Expected string but received 5' },
    ]);
  });

  test('lists the known fields where none is near', () => {
    expect(faultsOf({ name: 'x', zzzzzz: 1 })).toEqual([
      { path: 'zzzzzz', message: 'Unknown field.', hint: 'Known are: name, count, inner.' },
    ]);
  });

  test.each([[[]], ['x'], [3], [null], [true]])('refuses %j, which is no object', (value) => {
    expect(faultsOf(value)).toMatchObject([{ path: '' }]);
  });

  test('does not throw back a text without end', () => {
    const huge = 'x'.repeat(1_000_000);
    const errors = faultsOf({ name: 'x', count: huge, [huge]: 1 });
    expect(JSON.stringify(errors).length).toBeLessThan(2_000);
  });

  test('takes inherited names for unknown ones', () => {
    expect(faultsOf({ name: 'x', toString: 1, constructor: 2 }).map(({ path }) => path)).toEqual([
      'toString',
      'constructor',
    ]);
  });

  test('says the first fault in its message, and how many more there are', () => {
    expect(() => readInput(SCHEMA, { count: 6 })).toThrow('name: Required. And 1 more.');
  });
});

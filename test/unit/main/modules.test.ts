import { describe, expect, it } from 'vitest';
import { mergeRegistries } from '../../../src/main/modules.ts';
import { DuplicateJobError } from '../../../src/modules/foundation/domain/errors.ts';

describe('mergeRegistries()', () => {
  it('merges functions and definitions under their ids, each with its module', () => {
    const run = (): number => 1;
    const merged = mergeRegistries({ one: { a: run }, two: { b: { run, description: 'd' } }, none: {} });
    expect([...merged.keys()]).toEqual(['a', 'b']);
    expect(merged.get('a')).toEqual({ id: 'a', module: 'one', run });
    expect(merged.get('b')).toEqual({ id: 'b', module: 'two', run, description: 'd' });
  });

  it('a job id that two modules register is an error that names both', () => {
    const merge = () => mergeRegistries({ one: { a: () => 1 }, two: { a: () => 2 } });
    expect(merge).toThrow(DuplicateJobError);
    expect(merge).toThrow(/'a'.*'one'.*'two'/);
  });

  it('knows no job that an object merely inherits', () => {
    expect(mergeRegistries({ one: {} }).get('toString')).toBeUndefined();
  });
});

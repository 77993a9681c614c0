import { validate, version } from 'uuid';
import { describe, expect, it } from 'vitest';
import { newRunId } from '../../../../../src/modules/foundation/infrastructure/run-ids.ts';

describe('newRunId()', () => {
  it('gives UUIDs of version 7, no two alike, each after the one before it', () => {
    const ids = Array.from({ length: 20_000 }, newRunId);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });
});

import { describe, expect, test } from 'vitest';
import {
  JobPreconditionError,
  requireForPut,
  requireMatch,
} from '../../../../../src/modules/foundation/application/job-precondition.ts';
import { RevisionConflictError, RevisionRequiredError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const STORED = jobConfig('a', { revision: 4 });

describe('requireForPut()', () => {
  test('asks for no row where there is none', () => {
    expect(requireForPut('a', null, {})).toBeNull();
    expect(requireForPut('a', null, { ifNoneMatch: true })).toBeNull();
  });

  test('asks for the revision that the caller has seen', () => {
    expect(requireForPut('a', STORED, { ifMatch: [4] })).toBe(4);
    expect(requireForPut('a', STORED, { ifMatch: [1, 4] })).toBe(4);
    expect(requireForPut('a', STORED, { ifMatch: '*' })).toBe(4);
  });

  test.each([
    ['nothing was said of a job that exists', STORED, {}, RevisionRequiredError],
    ['another revision was seen', STORED, { ifMatch: [3] }, RevisionConflictError],
    ['no revision of ours was named', STORED, { ifMatch: [] }, RevisionConflictError],
    ['it must not exist, and does', STORED, { ifNoneMatch: true }, JobPreconditionError],
    [
      'it must not exist, and does, whatever else is said',
      STORED,
      { ifNoneMatch: true, ifMatch: [4] },
      JobPreconditionError,
    ],
    ['it must exist, and does not', null, { ifMatch: '*' as const }, JobPreconditionError],
    ['a revision was seen of what is gone', null, { ifMatch: [4] }, JobPreconditionError],
  ])('throws where %s', (_title, stored, precondition, error) => {
    expect(() => requireForPut('a', stored, precondition)).toThrow(error);
  });
});

describe('requireMatch()', () => {
  test('names the revision that there is', () => {
    expect(() => requireMatch(STORED, [3])).toThrow(expect.objectContaining({ currentRevision: 4 }));
  });
});

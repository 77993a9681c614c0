import { describe, expect, it } from 'vitest';
import { idempotencyKey } from '../../../../../src/modules/foundation/domain/run.ts';
import { defineJob, toRegisteredJob } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { DuplicateJobError, InvalidKwargsError } from '../../../../../src/modules/foundation/domain/errors.ts';

describe('idempotencyKey()', () => {
  it('is the same for each attempt at one occurrence', () => {
    const scheduledAt = new Date('2026-01-02T12:00:00Z');
    expect(idempotencyKey({ jobId: 'a.b', scheduledAt })).toBe('a.b@2026-01-02T12:00:00.000Z');
  });
});

describe('toRegisteredJob()', () => {
  it('takes a plain function', () => {
    const run = (): number => 1;
    expect(toRegisteredJob('a', 'm', run)).toEqual({ id: 'a', module: 'm', run });
  });

  it('takes a definition, whose own id and module do not count', () => {
    const definition = defineJob({ run: () => null, description: 'd', defaults: { n: 1 } });
    expect(toRegisteredJob('a', 'm', { ...definition, id: 'x' } as typeof definition)).toMatchObject({
      id: 'a',
      module: 'm',
      description: 'd',
      defaults: { n: 1 },
    });
  });
});

describe('CarillonError', () => {
  it('is told apart by class, name and code', () => {
    const error = new InvalidKwargsError('wrong', [{ path: 'a', message: 'b' }]);
    expect(error).toMatchObject({ name: 'InvalidKwargsError', code: 'KWARGS_INVALID', errors: [{ path: 'a' }] });
    expect(new DuplicateJobError('a', 'one', 'two').message).toMatch(/'a'.*'one'.*'two'/);
  });
});

import { describe, expect, it } from 'vitest';
import { resolveJob } from '../../../../../src/modules/foundation/application/resolve-job.ts';
import type { JobConfig } from '../../../../../src/modules/foundation/domain/job-config.ts';
import { registryOf } from '../../../../support/engine.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const registry = registryOf({ a: () => 1, 'some.function': () => 2 });
const resolve = (edit: Partial<JobConfig> = {}) => resolveJob(jobConfig('a', edit), registry);

describe('resolveJob()', () => {
  it('finds the function by the job id', () => {
    expect(resolve()).toMatchObject({ kind: 'armed', job: { handler: { id: 'a' }, isPersisted: true } });
  });

  it('finds the function by the handler where the row names one', () => {
    expect(resolve({ handler: 'some.function' })).toMatchObject({
      kind: 'armed',
      job: { handler: { id: 'some.function' } },
    });
  });

  it('says which function is missing', () => {
    expect(resolve({ handler: 'gone' })).toEqual({ kind: 'unresolved', handler: 'gone' });
    expect(resolve({ handler: 'constructor' })).toEqual({ kind: 'unresolved', handler: 'constructor' });
  });

  for (const [what, edit] of Object.entries({
    'an unreadable text': { cronExpression: '61 * * * *' },
    'a schedule that never fires': { cronExpression: '0 0 30 2 *' },
    'an unknown zone': { timezone: 'Mars/Olympus' },
    'an empty text': { cronExpression: '' },
    'a dialect that SQL made up': { dialect: 'klingon' as never },
    'a creation that is no instant': { cronExpression: '@every 7m', createdAt: new Date(Number.NaN) },
  } satisfies Record<string, Partial<JobConfig>>)) {
    it(`says why ${what} is invalid, and does not throw`, () => {
      const resolution = resolve(edit);
      expect(resolution).toEqual({ kind: 'invalid', reason: expect.stringMatching(/./) });
    });
  }
});

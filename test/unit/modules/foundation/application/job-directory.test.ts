import { describe, expect, it } from 'vitest';
import { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import type { RunTrigger } from '../../../../../src/modules/foundation/domain/run.ts';
import { JobDirectory } from '../../../../../src/modules/foundation/application/job-directory.ts';
import { resolveJob } from '../../../../../src/modules/foundation/application/resolve-job.ts';
import { registryOf } from '../../../../support/engine.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

function armed(jobId: string, isPersisted = true): ArmedJob {
  const resolution = resolveJob(jobConfig(jobId), registryOf({ [jobId]: () => 1 }));
  if (resolution.kind !== 'armed') throw new Error('not armed');
  const { config, schedule, handler } = resolution.job;
  return new ArmedJob({ config, schedule, handler, isPersisted });
}

describe('JobDirectory', () => {
  it('takes what is due, of the kind that was asked for', () => {
    const directory = new JobDirectory();
    directory.put(armed('a'), 10);
    directory.put(armed('b'), 20);
    directory.put(armed('m', false), 10);
    expect([directory.nextLook('persisted'), directory.nextLook('manual')]).toEqual([10, 10]);
    expect(directory.takeDue('persisted', 15, 10).map(({ job }) => job.config.jobId)).toEqual(['a']);
    expect(directory.takeDue('manual', 15, 10).map(({ job }) => job.config.jobId)).toEqual(['m']);
    expect([directory.nextLook('persisted'), directory.nextLook('manual')]).toEqual([20, null]);
    expect(directory.get('a')).toMatchObject({ dueAt: 10 });
  });

  it('look() moves the look, and not the occurrence', () => {
    const directory = new JobDirectory();
    const job = armed('a');
    directory.put(job, 10);
    directory.look(job, 500);
    expect([directory.nextLook('persisted'), directory.get('a')?.dueAt, directory.earliestDueAt()]).toEqual([
      500, 10, 10,
    ]);
  });

  it('a job without an occurrence is listed and never looked at', () => {
    const directory = new JobDirectory();
    directory.put(armed('a'), 10);
    directory.put(armed('a'), null);
    expect([directory.nextLook('persisted'), directory.earliestDueAt()]).toEqual([null, null]);
    expect(directory.list()).toMatchObject([{ jobId: 'a', nextFireAt: null }]);
  });

  it('a late look at a job that was removed and registered by hand claims nothing', () => {
    const directory = new JobDirectory();
    const persisted = armed('a');
    directory.put(persisted, 10);
    directory.remove('a');
    directory.put(armed('a', false), 1_000);
    directory.look(persisted, 10);
    expect(directory.takeDue('persisted', 100, 10)).toEqual([]);
    expect(directory.takeDue('manual', 1_000, 10)).toHaveLength(1);
  });

  it('a persisted job takes the place of one registered by hand, and its wake-up', () => {
    const directory = new JobDirectory();
    directory.put(armed('a', false), 10);
    directory.put(armed('a'), 20);
    expect([directory.nextLook('manual'), directory.nextLook('persisted')]).toEqual([null, 20]);
  });

  it('tells of each new look, until nobody listens', () => {
    const directory = new JobDirectory();
    let told = 0;
    const stop = directory.onLook(() => (told += 1));
    directory.put(armed('a'), 10);
    directory.put(armed('b'), null);
    stop();
    directory.put(armed('a'), 20);
    expect(told).toBe(1);
  });

  it('knows the latest occurrence of a job that was started here, also when the job was taken out', () => {
    const directory = new JobDirectory();
    directory.put(armed('a'), 10);
    expect(directory.startedUntil('a')).toBe(Number.NEGATIVE_INFINITY);
    const note = (at: number, trigger: RunTrigger): void =>
      directory.noteStart({ jobId: 'a', scheduledAt: new Date(at), trigger });
    note(20, 'schedule');
    note(10, 'catchUp');
    for (const trigger of ['manual', 'retry', 'backfill'] as const) note(30, trigger);
    expect(directory.startedUntil('a')).toBe(20);
    directory.remove('a');
    expect(directory.startedUntil('a')).toBe(20);
    directory.forget('a');
    expect(directory.startedUntil('a')).toBe(Number.NEGATIVE_INFINITY);
  });
});
